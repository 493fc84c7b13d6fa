"""The WSGI entry: `gunicorn wsgi:app`."""

from readiness.app import create_app

app = create_app()
