"""Settings, read from the environment.

Two modes. ``local`` (the default) serves one machine on embedded SQLite and makes its own secret
key. ``W2I_MODE=production`` takes nothing for granted: it refuses to start without a strong
SECRET_KEY and explicit ALLOWED_HOSTS. docs/running.md lists every variable.
"""

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def _text(name: str, default: str = "") -> str:
    """A variable's text; one that is set to nothing counts as not set."""
    return os.environ.get(name, "").strip() or default


def _flag(name: str, default: bool) -> bool:
    value = _text(name, "yes" if default else "no").lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        raise ImproperlyConfigured(f"{name} is {value!r}: write 'yes' or 'no'.")
    return value in {"1", "true", "yes", "on"}


def _number(name: str, default: int, *, lowest: int = 1, highest: int) -> int:
    value = _text(name, str(default))
    if not re.fullmatch("[0-9]{1,10}", value) or not lowest <= int(value) <= highest:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: write a whole number from {lowest} to {highest}."
        )
    return int(value)


def _address(
    name: str, schemes: set[str], parse: Callable[[str], dict[str, Any]], example: str
) -> dict[str, Any]:
    """What an address such as DATABASE_URL says. It may hold a password: no message repeats it."""
    url = _text(name)
    problem = ImproperlyConfigured(f"{name} can't be understood: write it as {example}.")
    if url.partition("://")[0] not in schemes:
        raise problem
    try:
        return parse(url)
    except (ValueError, ImproperlyConfigured):
        raise problem from None


MODE = _text("W2I_MODE", "local")
if MODE not in {"local", "production"}:
    raise ImproperlyConfigured(f"W2I_MODE is {MODE!r}: write 'local' or 'production'.")
PRODUCTION = MODE == "production"

# Where the database, the secret key and collected static files of this machine live.
VAR_DIR = Path(_text("W2I_VAR", str(BASE_DIR / "var"))).absolute()
try:
    # Nobody else on the machine needs to read it.
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(f"{VAR_DIR} can't be made: {error.strerror}.") from None

DEBUG = _flag("DEBUG", False)
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("DEBUG is on: a production site must run with DEBUG off.")


def _local_secret_key() -> str:
    """A key made once for this machine and kept out of the repository."""
    path = VAR_DIR / "secret-key"
    try:
        if not path.exists():
            # Written elsewhere first: a process that starts beside this one reads a whole key.
            with tempfile.NamedTemporaryFile("w", dir=VAR_DIR) as file:
                file.write(secrets.token_urlsafe(64))
                file.flush()
                with contextlib.suppress(FileExistsError):
                    os.link(file.name, path)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{path} can't be used: {error.strerror}.") from None


SECRET_KEY = _text("SECRET_KEY")
if not SECRET_KEY:
    if PRODUCTION:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing: set it to 50 or more random characters that nobody knows."
        )
    SECRET_KEY = _local_secret_key()
elif not DEBUG and (
    len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure-")
):
    raise ImproperlyConfigured(
        "SECRET_KEY is weak: set it to 50 or more random characters that nobody knows."
    )

ALLOWED_HOSTS = [host.strip() for host in _text("ALLOWED_HOSTS").split(",") if host.strip()]
if not ALLOWED_HOSTS:
    if PRODUCTION:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is missing: name the site's hosts, such as "
            "ALLOWED_HOSTS=w2i.example.org."
        )
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
elif not DEBUG and any(re.fullmatch(r"\*|\.[^.]*", host) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is open to every host: name the site's hosts, such as "
        "ALLOWED_HOSTS=w2i.example.org."
    )

INSTALLED_APPS = [
    "w2i",
    "accounts",
    "recommendations",
    "dialogues",
    "resolutions",
    "w2i.apps.W2IAdminConfig",
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "import_export",
    "rules.apps.AutodiscoverRulesConfig",
    "simple_history",
]

MIDDLEWARE = [
    "w2i.middleware.request_log",
    "dialogues.live.phones_that_know",
    "w2i.middleware.PublicPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "w2i.middleware.language_of_the_path",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "w2i.urls"
WSGI_APPLICATION = "w2i.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "w2i.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "forms"
CRISPY_TEMPLATE_PACK = "forms"

# Embedded SQLite unless DATABASE_URL names a PostgreSQL.
if _text("DATABASE_URL"):
    _database = _address(
        "DATABASE_URL",
        {"sqlite", "postgres", "postgresql"},
        environ.Env.db_url_config,
        "postgres://user:password@host:5432/name or sqlite:////path/to/file.sqlite3",
    )
else:
    _database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "w2i.sqlite3")}
if _database["NAME"] in {"", ":memory:"}:
    raise ImproperlyConfigured("DATABASE_URL names no database: put its name or file at the end.")
DATABASES = {"default": _database}
_is_sqlite = _database["ENGINE"] == "django.db.backends.sqlite3"
if _is_sqlite:
    # Opening SQLite costs more than asking it: keep each thread's connection.
    _database["CONN_MAX_AGE"] = None
    _database["OPTIONS"] = {
        # Writers queue instead of failing half way, and readers never wait for them.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536"
        ),
    }
else:
    _database.setdefault("CONN_MAX_AGE", 60)
    _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Pages for the signed-out. In the process unless CACHE_URL names a Redis or Valkey to share.
def _shared_cache(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme != "dummycache" and (not parts.hostname or parts.port == 0):
        raise ValueError  # parts.port raises it for what is no number
    return environ.Env.cache_url_config(url)


if _text("CACHE_URL"):
    _cache = _address(
        "CACHE_URL",
        {"redis", "rediss", "dummycache"},
        _shared_cache,
        "redis://host:6379/0 (Redis or Valkey)",
    )
    _PAGES: dict[str, Any] = {"KEY_PREFIX": "pages"}
else:
    # A room of a thousand phones has as many counters (dialogues/limits.py): without this number
    # they would make each other, and what sign-in counts, be forgotten.
    _cache = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "w2i",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
    _PAGES = {
        "BACKEND": "w2i.page_cache.InProcess",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 600},
    }
# Pages apart from what sign-in counts: many addresses asked for must not make it forget.
CACHES = {
    "default": _cache,
    "pages": {**_cache, **_PAGES},
}

# People and passwords.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# Accounts are made by an administrator; their address needs no second proof.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.InvitedOnly"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.PasswordResetForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

# Where `manage.py serve` listens. Two processes use two cores; few threads each, since Python runs
# one at a time and every thread keeps a connection to the database. Whoever writes into a room of
# PostgreSQL waits there for the room, though, and the others of the room must not wait with them.
SERVE_HOST = _text("HOST", "127.0.0.1")
SERVE_PORT = _number("PORT", 8000, highest=65_535)
SERVE_WORKERS = _number("WORKERS", 2, highest=256)
SERVE_THREADS = _number("THREADS", 4 if _is_sqlite else 16, highest=256)

# English lives at the root, French under /fr: see language_of_the_path.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
# The second holds words of the libraries that we say otherwise: docs/translating.md.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
USE_I18N = True
FORMAT_MODULE_PATH = "w2i.formats"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "w2i.storage.StaticFiles"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

if _text("EMAIL_URL"):
    vars().update(
        _address(
            "EMAIL_URL",
            {"smtp", "smtp+tls", "smtp+ssl"},
            environ.Env.email_url_config,
            "smtp+tls://user:password@host:587",
        )
    )
    EMAIL_BACKEND = "accounts.smtp.EmailBackend"
else:
    # On one machine mail is shown in the terminal. In production that would put addresses into the
    # log, so none is sent.
    EMAIL_BACKEND = f"django.core.mail.backends.{'dummy' if PRODUCTION else 'console'}.EmailBackend"
# What runs outside the request waits in the database: a letter is written, and its sending queued,
# in one transaction with what it tells of.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
_work = _text("WORK", "apart" if PRODUCTION else "inside")
if _work not in {"inside", "apart"}:
    raise ImproperlyConfigured(f"WORK is {_work!r}: write 'inside' or 'apart'.")
# Whether `manage.py serve` starts a worker of its own.
WORKS_INSIDE = _work == "inside"


# Where readers find the site, for letters and files that are made without a request.
def _site_url() -> str:
    if PRODUCTION:
        usual = f"https://{ALLOWED_HOSTS[0].lstrip('.')}/"
    else:
        # Nobody can open the address that stands for all of this machine's.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(SERVE_HOST, SERVE_HOST)  # noqa: S104
        usual = f"http://[{host}]:{SERVE_PORT}/" if ":" in host else f"http://{host}:{SERVE_PORT}/"
    url = _text("SITE_URL", usual)
    if not re.fullmatch(r"https?://[^/\s@?#]+/?", url):
        raise ImproperlyConfigured(
            f"SITE_URL is {url!r}: write it as https://w2i.example.org/, without a path."
        )
    return url


SITE_URL = _site_url()

DEFAULT_FROM_EMAIL = _text("EMAIL_FROM", "W2I <no-reply@localhost>")

# Nothing inline, nothing from another host. Data blocks (JSON-LD) are not scripts: no leave needed.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "w2i.pages.views.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = _flag("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # the load balancer asks over plain HTTP
    SECURE_HSTS_SECONDS = _number("SECURE_HSTS_SECONDS", 31_536_000, lowest=0, highest=10**9)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = _flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = _flag("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if _flag("BEHIND_PROXY", False):
        # Only behind a proxy that always sets these headers itself.
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        # The limits on guessing passwords count by the reader's address, not the proxy's.
        ALLAUTH_TRUSTED_PROXY_COUNT = 1

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an inline of 100 clauses is 1,500 fields

IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# One JSON line an event on standard output; w2i.middleware.request_log writes one a request.
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_LEVEL = _text("LOG_LEVEL", "INFO")
if LOG_LEVEL not in _LEVELS:
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}: write one of {', '.join(_LEVELS)}.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "w2i.logs.JsonFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        },
    },
    # Others' lines only from WARNING up: below it they may repeat what people typed.
    "root": {"handlers": ["stdout"], "level": "WARNING"},
    "loggers": {
        "w2i": {"level": LOG_LEVEL},
        # Django's own handlers go. Of its request log the errors stay: request_log has the rest.
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # Anybody can ask for any host; request_log shows the 400.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
