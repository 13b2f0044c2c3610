"""Canadian English: the day first, in words."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_MONTH_FORMAT = "M Y"
SHORT_DATE_FORMAT = "Y-m-d"
