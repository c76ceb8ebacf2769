# syntax=docker/dockerfile:1
# imaging-gateway: research and demonstration software, not a medical device, not for clinical use.
# This file is linted (hadolint) and not built by the project's tests; see docs/operate/containers.md.

FROM swift:6.3-bookworm AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libdcmtk-dev libopenjp2-7-dev libpng-dev libsqlite3-dev libssl-dev libxml2-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
# The resources (model, tables) are looked for beside the program.
RUN swift build -c release --product imaging-gateway --static-swift-stdlib \
    && swift build -c release --product audit-verifier --static-swift-stdlib \
    && mkdir /built \
    && bin="$(swift build -c release --static-swift-stdlib --show-bin-path)" \
    && cp -r "$bin/imaging-gateway" "$bin/audit-verifier" "$bin"/*.resources /built/

FROM debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates curl libdcmtk17 libengine-pkcs11-openssl libopenjp2-7 libpng16-16 libsqlite3-0 libssl3 libtesseract5 libxml2 tesseract-ocr-eng tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/imaging-gateway --create-home imaging-gateway \
    && install -d -o 10001 -m 700 /var/backups/imaging-gateway
COPY --from=build /built/ /usr/lib/imaging-gateway/
COPY mappings /usr/share/imaging-gateway/mappings
RUN ln -s /usr/lib/imaging-gateway/imaging-gateway /usr/local/bin/imaging-gateway \
    && ln -s /usr/lib/imaging-gateway/audit-verifier /usr/local/bin/audit-verifier
USER 10001
WORKDIR /var/lib/imaging-gateway
# Configuration, keys and certificates are mounted, never built in.
VOLUME ["/etc/imaging-gateway", "/var/lib/imaging-gateway", "/var/backups/imaging-gateway"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["curl", "--fail", "--silent", "http://127.0.0.1:9090/health/ready"]
ENTRYPOINT ["imaging-gateway"]
CMD ["serve", "--config", "/etc/imaging-gateway/gateway.yaml"]
