# mock-lusha in a container.
#
#   docker build -t mock-lusha .
#   docker run --rm --read-only -p 8080:8080 -v ./my-fixtures:/data/fixtures:ro mock-lusha
#
# Any setting is a variable MOCK_LUSHA_<NAME> or a flag after `serve`. Change the port by MOCK_LUSHA_PORT:
# the health check reads the variable and does not see flags. An accounts file is mounted anywhere and
# named in MOCK_LUSHA_ACCOUNTS. docs/containers.md has the rest.

# Publishing names it by digest, --build-arg BASE=python:3.13-slim@sha256:...
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /src
# All that is installed has one of the hashes in the locks: what builds the wheel, and what the wheel needs.
COPY scripts/locks/build.txt scripts/locks/image.txt ./
RUN python -m venv --without-pip /opt/build \
 && pip --python /opt/build/bin/python install --no-cache-dir --no-deps --require-hashes -r build.txt \
 && python -m venv --without-pip /opt/mock-lusha \
 && pip --python /opt/mock-lusha/bin/python install --no-cache-dir --no-compile --no-deps --require-hashes -r image.txt
COPY pyproject.toml README.md LICENSE ./
COPY mock_lusha mock_lusha
COPY pytest_plugin pytest_plugin
COPY fixtures fixtures
COPY scenarios scenarios
RUN /opt/build/bin/python -m build --wheel --no-isolation --outdir /wheels . \
 && pip --python /opt/mock-lusha/bin/python install --no-cache-dir --no-compile --no-deps --no-index /wheels/*.whl
# Debugging symbols and Cython sources are much of what was installed. numpy's libraries come stripped, and
# were patched in a way that stripping again breaks.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends binutils \
 && find /opt/mock-lusha -name '*.so' -not -path '*/numpy*' -exec strip --strip-unneeded {} + \
 && find /opt/mock-lusha \( -name '*.pyx' -o -name '*.pxd' -o -name '*.pyi' \) -delete \
 && find /opt/mock-lusha -type d -path '*/numpy/*' \( -name tests -o -name f2py \) -prune -exec rm -r {} +
# A few calls prove that what was installed serves, and searches. The modules that they and the health check load are
# compiled, the standard library's too, which the base image brings as source only: a start takes about a
# third of the time and a check less than half, and nothing has to be written when the container runs.
RUN /opt/mock-lusha/bin/python -P -c "import sys, httpx, mock_lusha.cli.main; \
from mock_lusha import MockServer, Settings; \
server = MockServer(Settings(port=0)).start(); \
client = httpx.Client(base_url=server.url, headers={'api_key': 'build'}, timeout=60); \
legal = {'contacts': {'include': {'departments': ['Legal']}}}; \
calls = { \
'/v3/contacts/search-and-enrich': {'contacts': [{'email': 'ada.quill@quill-works.example'}]}, \
'/v3/companies/search-and-enrich': {'companies': [{'domain': 'quill-works.example'}]}, \
'/v3/contacts/prospecting': {'filters': legal, 'pagination': {'page': 0, 'size': 10}}, \
'/prospecting/contact/search': {'filters': legal}}; \
[client.post(path, json=body).raise_for_status() for path, body in calls.items()]; \
client.get('/v3/account/usage').raise_for_status(); \
client.get('/v2/person?email=ada.quill@quill-works.example').raise_for_status(); \
client.close(); server.stop(); \
print(*(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)), sep='\n')" > /tmp/loaded \
 && PYTHONPYCACHEPREFIX=/opt/mock-lusha/pycache /opt/mock-lusha/bin/python -m compileall -q \
    --invalidation-mode unchecked-hash -i /tmp/loaded
# Any user may write to the state, which has the CA of `serve --tls`, as to /tmp; a new volume there gets the same mode.
RUN mkdir -p /data/fixtures /data/scenarios /data/state \
 && chmod 1777 /data/state

FROM ${BASE}
LABEL org.opencontainers.image.title="mock-lusha" \
      org.opencontainers.image.description="An offline double of the Lusha REST API: stateful, related, faultable." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/mock-lusha /opt/mock-lusha
COPY --from=build /data /data
# A container has its own network; elsewhere the server listens on 127.0.0.1 alone.
ENV PATH=/opt/mock-lusha/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPYCACHEPREFIX=/opt/mock-lusha/pycache \
    XDG_STATE_HOME=/data/state \
    MOCK_LUSHA_HOST=0.0.0.0 \
    MOCK_LUSHA_FIXTURES=/data/fixtures \
    MOCK_LUSHA_SCENARIOS=/data/scenarios
WORKDIR /data
VOLUME ["/data/fixtures", "/data/scenarios", "/data/state"]
EXPOSE 8080
USER 10001:10001
# It drains then (--drain-delay, --grace).
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=15s --retries=3 CMD ["mock-lusha", "ready"]
ENTRYPOINT ["mock-lusha"]
CMD ["serve"]
