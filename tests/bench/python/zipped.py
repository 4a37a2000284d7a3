"""Says how many bytes a deployment package of some files and folders has.

Of a virtual environment, it leaves out what the managed runtime brings and what only installs packages.
"""

import io
import sys
import zipfile
from pathlib import Path

ELSEWHERE = (
    "pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence",
    "awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py",
)  # fmt: skip


def files(path: Path):
    """The files of a folder, or the file."""
    if path.is_file():
        return [(path, path.name)]
    found = ((file, file.relative_to(path)) for file in sorted(path.rglob("*")) if file.is_file())
    return [
        (file, str(name))
        for file, name in found
        if "__pycache__" not in name.parts and not name.parts[0].startswith(ELSEWHERE)
    ]


package = io.BytesIO()
with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for argument in sys.argv[1:]:
        for file, name in files(Path(argument)):
            archive.write(file, name)
print(package.tell())
