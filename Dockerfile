# Two stages: the second holds the installed packages and nothing that built them.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/lamplighter
COPY requirements/run.txt requirements/build.txt requirements/
RUN /opt/lamplighter/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/run.txt \
 && python -m pip install --no-cache-dir --require-hashes --no-deps -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY policies policies
COPY migrations migrations
COPY playground playground
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/lamplighter/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 lamplighter && mkdir /data && chown lamplighter /data
COPY --from=build /opt/lamplighter /opt/lamplighter
ENV PATH=/opt/lamplighter/bin:$PATH PYTHONUNBUFFERED=1 LAMPLIGHTER_DATABASE_URL=sqlite:////data/lamplighter.db
USER lamplighter
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('LAMPLIGHTER_HTTP_PORT') or 8080), timeout=2); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["lamplighter"]
CMD ["serve", "--migrate"]
