# Orthanc as Debian builds it, with the plugins that DoseLedger uses. Configuration, plugin file and credentials come by volume.
FROM debian:bookworm-slim

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# Debian's container images forbid services to start on installation; this one states it all the same.
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
    && apt-get update \
    && apt-get install --yes --no-install-recommends orthanc orthanc-python orthanc-dicomweb ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* /etc/orthanc \
    && install --directory --owner=10001 --group=10001 --mode=700 /var/lib/doseledger-orthanc

USER 10001:10001
WORKDIR /var/lib/doseledger-orthanc
ENV TCP_NODELAY=1
EXPOSE 4242 8042
ENTRYPOINT ["/usr/sbin/Orthanc"]
CMD ["/etc/doseledger-orthanc/orthanc.json"]
