"""What the fork server loads once, so that each forked renderer has WeasyPrint, templates and styles at hand.

A forked process would first run the caller's main module again (the whole web application, or the command line), for
functions that might live there. Ours never do, so that step is switched off, in the fork server alone.
"""

from multiprocessing import spawn

from readiness.report.pdf import warm

for step in ("_fixup_main_from_name", "_fixup_main_from_path"):
    setattr(spawn, step, lambda place: None)
warm()
