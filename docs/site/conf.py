"""How Sphinx makes the site: `make docs`. The pages are those of `docs`, as they are.

Nothing is fetched: references to other projects are looked up in `inventories`, which
hold the few names that are used. Formulas are MathML, which browsers draw themselves.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

from extensions import names  # noqa: E402

import firstbit  # noqa: E402

# The cells of the pages run the program of this environment, on one line of plain text.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ.update(COLUMNS="94", NO_COLOR="1")

project = "firstbit"
author = "The firstbit authors"
copyright = author
version = release = firstbit.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
    "extensions.formulas",
    "extensions.links",
    "extensions.look",
    "extensions.measures",
    "extensions.names",
    "extensions.own",
    "extensions.paper",
    "extensions.parameters",
    "extensions.pictures",
    "extensions.reference",
    "extensions.search",
    "extensions.spaces",
    "extensions.titles",
]

root_doc = "index"
exclude_patterns = ["site", "study", "figures"]
nitpicky = False
suppress_warnings = ["myst.header", "config.cache"]  # pages may begin at any depth

# Pages are Markdown; what runs in them runs at every build, and its numbers are theirs.
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 4
myst_dmath_allow_digits = False
nb_execution_mode = "inline"
nb_execution_timeout = 1200
nb_execution_raise_on_error = False  # a warning, which ends the build after all pages
nb_execution_show_tb = True
nb_execution_allow_errors = False
nb_merge_streams = True
nb_output_stderr = "remove"  # bars of progress
nb_eval_name_regex = r"^[a-z_]+$"

intersphinx_mapping = names.INVENTORIES
intersphinx_timeout = 1

python_maximum_signature_line_length = 72
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_title = f"firstbit {version}"
html_static_path = ["static"]
html_css_files = ["roles.css", "site.css"]
html_js_files = ["site.js"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_scaled_image_link = False
html_sidebars = {"guide/changelog": [], "guide/glossary": []}  # nothing is below them
html_copy_source = False
html_theme_options = {
    "logo": {"text": "firstbit"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "show_nav_level": 1,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
