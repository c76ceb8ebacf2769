"""The real programs around the gateway: Orthanc as the archive, sekmet-fhir as the EHR."""

import json
import sys
from pathlib import Path

import requests
import yaml

from processes import Process, free_port

PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
USER, PASSWORD = "gateway", "loopback-only"


class Orthanc:
    """Orthanc 1.10 with its DICOMweb plug-in, on loopback with Basic authentication."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self.root = f"http://127.0.0.1:{self.port}"
        self.web = requests.Session()
        self.web.auth = (USER, PASSWORD)
        folder.mkdir(parents=True)
        configuration = {
            "Name": "EndToEnd", "StorageDirectory": str(folder / "storage"), "IndexDirectory": str(folder / "index"),
            "HttpPort": self.port, "DicomServerEnabled": False, "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True, "RegisteredUsers": {USER: PASSWORD}, "StableAge": 1,
            "OverwriteInstances": True, "Plugins": [PLUGIN],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "StudiesMetadata": "Full", "SeriesMetadata": "Full"},
        }
        (folder / "orthanc.json").write_text(json.dumps(configuration))
        self.process = Process("orthanc", ["Orthanc", str(folder / "orthanc.json")], folder)
        self.process.wait_ready(lambda: self.web.get(f"{self.root}/system", timeout=2).ok)

    @property
    def dicomweb(self) -> str:
        return f"{self.root}/dicom-web"

    def store(self, instances: list[bytes]):
        """STOW-RS of whole DICOM files; raises unless each was stored."""
        boundary = "end-to-end-boundary"
        body = b"".join(
            b"--%s\r\nContent-Type: application/dicom\r\n\r\n%s\r\n" % (boundary.encode(), data) for data in instances)
        answer = self.web.post(
            f"{self.dicomweb}/studies", data=body + b"--%s--\r\n" % boundary.encode(), timeout=60,
            headers={"Accept": "application/dicom+json",
                     "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}'})
        answer.raise_for_status()
        stored = answer.json().get("00081199", {}).get("Value", [])
        if len(stored) != len(instances):
            raise AssertionError(f"Orthanc stored {len(stored)} of {len(instances)} instances")

    def delete(self, study_uid: str):
        """Removes every study with this UID, as an archivist does who puts a wrong one right."""
        found = self.web.post(f"{self.root}/tools/lookup", data=study_uid, timeout=30).json()
        for study in found:
            if study["Type"] == "Study":
                self.web.delete(f"{self.root}{study['Path']}", timeout=30).raise_for_status()

    def studies(self, **query: str) -> list[dict]:
        """QIDO-RS on study level."""
        answer = self.web.get(f"{self.dicomweb}/studies", params=query, timeout=30,
                              headers={"Accept": "application/dicom+json"})
        answer.raise_for_status()
        return answer.json() if answer.content else []

    def stop(self):
        self.process.terminate()


class Sekmet:
    """sekmet-fhir, an R4 server with transactions, conditional creates and rest-hook subscriptions."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}/fhir"
        self.web = requests.Session()
        self.web.headers["Accept"] = "application/fhir+json"
        folder.mkdir(parents=True)
        settings = {
            "base_url": self.base, "host": "127.0.0.1", "port": self.port, "data_dir": str(folder / "data"),
            "own_private_key_path": str(folder / "sekmet.key"), "server_auth": {"types": ["none"]},
            # its simulator would fill our orders itself
            "simulator": {"enabled": False},
        }
        (folder / "settings.yaml").write_text(yaml.safe_dump(settings))
        command = [str(Path(sys.executable).parent / "sekmet"), "serve", "-c", str(folder / "settings.yaml")]
        self.process = Process("sekmet", command, folder)
        self.process.wait_ready(lambda: self.web.get(f"{self.base}/metadata", timeout=5).ok)

    def create(self, resource: dict) -> dict:
        answer = self.web.post(f"{self.base}/{resource['resourceType']}", json=resource, timeout=30)
        if not answer.ok:
            raise AssertionError(f"sekmet refused a {resource['resourceType']}: {answer.status_code} {answer.text[:600]}")
        return answer.json()

    def update(self, resource: dict) -> dict:
        answer = self.web.put(f"{self.base}/{resource['resourceType']}/{resource['id']}", json=resource, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def read(self, reference: str) -> dict:
        answer = self.web.get(f"{self.base}/{reference}", timeout=30)
        answer.raise_for_status()
        return answer.json()

    def search(self, kind: str, **query: str) -> list[dict]:
        """Every match, with the `next` links followed; a filter that the server ignored is an error here."""
        parameters = {name.replace("_", "-"): value for name, value in query.items()} | {"_count": "200"}
        answer = self.web.get(f"{self.base}/{kind}", params=parameters, timeout=30)
        found, bundle = [], answer.json()
        itself = next(link["url"] for link in bundle["link"] if link["relation"] == "self")
        for name in parameters:
            if name != "_count" and name not in itself:
                raise AssertionError(f"sekmet ignored the search parameter {name}")
        while True:
            found += [entry["resource"] for entry in bundle.get("entry", [])]
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            if not following:
                return found
            bundle = self.web.get(following[0], timeout=30).json()

    def stop(self):
        self.process.terminate()
