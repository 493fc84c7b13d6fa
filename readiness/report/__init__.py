"""Result > report: the view (pure), its charts (SVG) and the PDF (the only place that knows WeasyPrint)."""
