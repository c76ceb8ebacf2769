"""`make demo`: one order through a real archive, the gateway and a real FHIR server, all on loopback, nothing kept."""

import html
import os
import re
import shutil
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import orders
from exams import Registry
from gateway import Gateway
from hospital import Hospital
from processes import Unready


def step(number: int, text: str):
    print(f"\n\033[1m{number}. {text}\033[0m" if sys.stdout.isatty() else f"\n{number}. {text}")


def block(text: str):
    print(textwrap.indent(text.strip(), "     "))


def plain(report: dict) -> str:
    """The report's narrative as lines of text."""
    narrative = report.get("text", {}).get("div", report.get("conclusion", ""))
    text = re.sub(r"</(p|h\d|li|tr|div)>", "\n", narrative)
    lines = html.unescape(re.sub(r"<[^>]+>", " ", text)).splitlines()
    return "\n".join(textwrap.fill(line.strip(), 100) for line in lines if line.strip())


def play(folder: Path) -> None:
    began = time.monotonic()
    print("imaging-gateway demo: invented patient, drawn image, research software, not for clinical use")
    step(1, "Starting Orthanc (archive), sekmet-fhir (EHR) and the gateway on loopback")
    hospital = Hospital(folder / "partners")
    gateway = Gateway(folder / "gateway", hospital.archive_base, hospital.ehr_base)
    try:
        gateway.start()
        exam = Registry(seed=int(time.time()), images=[]).exam(age=3)
        block(f"archive  {hospital.orthanc.dicomweb}\nEHR      {hospital.sekmet.base}\n"
              f"gateway  mllp://127.0.0.1:{gateway.mllp_port}, admin {gateway.admin}")

        step(2, "The EHR knows patient and order, the archive has the image (a drawing, shown to be analysed or refused)")
        hospital.prepare(exam)

        step(3, "An order arrives by HL7 v2")
        message = orders.orm(exam)
        block(message.decode().replace("\r", "\n"))
        answer = orders.send(gateway.mllp_port, message)
        block("acknowledged: " + str(answer.segment("MSA")))

        step(4, "The gateway locates, matches, retrieves, de-identifies, classifies, composes and delivers")
        sent = time.monotonic()
        gateway.wait_settled(1, timeout=120)
        [order] = gateway.orders()
        block(f"state: {order['state']} {order.get('reason') or ''} after {time.monotonic() - sent:.1f} s")

        step(5, "The DiagnosticReport in the EHR")
        for report in hospital.reports_by_order(exam):
            block(f"{hospital.sekmet.base}/DiagnosticReport/{report['id']}  status {report['status']}")
            block(plain(report))

        step(6, "The audit log, verified without any key")
        block(gateway.run("audit", "verify", "--config", str(gateway.config)).stdout)
        gateway.stop()
        print(f"\nDone in {time.monotonic() - began:.0f} s; everything is ended and removed.")
    except Exception:
        print(gateway.diagnosis(), file=sys.stderr)
        raise
    finally:
        gateway.close()
        hospital.close()


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="imaging-gateway-demo-"))
    try:
        play(folder)
        return 0
    except (Unready, AssertionError, FileNotFoundError) as error:
        print(f"\nThe demo did not come to its end: {error}", file=sys.stderr)
        return 1
    finally:
        if not os.environ.get("IMAGING_GATEWAY_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
