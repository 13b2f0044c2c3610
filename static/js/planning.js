// A new plan: offer the time zone the browser is in, where nobody has chosen one yet.

const zone = document.querySelector("[data-guess-zone] select");
const here = Intl.DateTimeFormat?.().resolvedOptions().timeZone;
if (zone && here && [...zone.options].some((option) => option.value === here)) zone.value = here;
