"""The workbench of researchers: versions are read; drafts are changed, tested, reviewed and published."""
