# One image for web, media and witness; docker-compose.yml starts it once for each.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/telekap

COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock

COPY telekap ./telekap
COPY static ./static

# Compiled now, since whoever runs it may write nothing here: else each process that is started again, in the middle of
# a session, would compile two hundred modules before it serves (docs/decisions/0181).
RUN python -m compileall -q telekap

# Nothing in the image belongs to the user that runs it: a hole in the web cannot rewrite the program.
RUN useradd --system --uid 10001 --home-dir /var/lib/telekap --create-home telekap
USER 10001
VOLUME /var/lib/telekap

ENV TELEKAP_DATA=/var/lib/telekap TELEKAP_HOST=0.0.0.0
EXPOSE 8000/tcp 40000/udp

# Ready means: the record is open and the watch finished a cycle just now, not merely that a port answers.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "telekap", "ready"]

ENTRYPOINT ["python", "-m", "telekap"]
CMD ["serve"]
