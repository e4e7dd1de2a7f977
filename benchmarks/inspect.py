"""Entry of ``inspection.py``: ``python benchmarks/inspect.py``, see there.

The name is that of a module of the standard library, which numpy imports: whatever is run from this folder
(``area.py`` too) would get this file instead. So the folder leaves the path, and whoever asks for the module
gets the real one.
"""

import importlib
import runpy
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
if __name__ == "__main__":
    runpy.run_path(str(HERE / "inspection.py"), run_name="__main__")
else:
    del sys.modules[__name__]
    importlib.import_module(__name__)
