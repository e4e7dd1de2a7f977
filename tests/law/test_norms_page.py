"""The reference page of the norms is what the packs say."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_current():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (DOCS / "reference/norms.md").read_text(encoding="utf-8")
    assert written == module.norms_page(), "run: python docs/generate.py"
