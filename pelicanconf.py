"""Settings that differ from Pelican's defaults; the facts of the site are in content/site.toml."""

SITENAME = "AXE Magazine"
SITEURL = "https://www.axtra.ca"
PATH = "content"
NEWSLETTER_PATHS = ["../newsletters"]  # relative to PATH
THEME = "theme"
OUTPUT_PATH = "output"
CACHE_PATH = ".cache"
LOAD_CONTENT_CACHE = True  # what has not changed is not read again; see « pelican --ignore-cache »
PLUGINS = ["axtra.site"]
TIMEZONE = "America/Toronto"
DEFAULT_LANG = "fr"
