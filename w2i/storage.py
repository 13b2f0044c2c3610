"""Static files under names that change with their content, so that browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    # A file some package names and does not ship must not break the admin.
    manifest_strict = False
    # Modules name each other: those names change with their content too.
    support_js_module_import_aggregation = True
