"""The settings that differ for publication, used by `axtra construire --publier`."""

# `from pelicanconf import *` fails under the `pelican` script, which does not import this file.
import runpy
from pathlib import Path

globals().update(
    {
        name: value
        for name, value in runpy.run_path(str(Path(__file__).with_name("pelicanconf.py"))).items()
        if name.isupper()
    }
)

SITEURL = "https://www.axtra.ca"
AXTRA_PUBLISH = True
