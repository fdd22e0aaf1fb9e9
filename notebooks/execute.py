"""Executes notebooks in place or, with --check, only to see that they run: execute.py [--check] NOTEBOOK…"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

check = "--check" in sys.argv
for path in [Path(argument) for argument in sys.argv[1:] if argument != "--check"]:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
    if not check:
        for cell in notebook.cells:
            # Times of the execution would change the file every time.
            cell.metadata.pop("execution", None)
        nbformat.write(notebook, path)
    print(f"{path}: runs")
