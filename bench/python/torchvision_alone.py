"""Imported before torchvision: leaves out the two modules that register compiled operators, which do not load beside a
CPU torch and which neither cn_clip nor transformers needs here."""
import sys
from types import ModuleType

for _name in ("_meta_registrations", "_autograd_registrations"):
    sys.modules[f"torchvision.{_name}"] = ModuleType(_name)
