"""What the orders are measured beside: an MLLP receiver of python-hl7 (hl7.mllp), which parses each message and answers
AA. It stores nothing, decides nothing and seals nothing. `python python_hl7_receiver.py PORT`."""

import asyncio
import logging
import sys

import hl7.mllp


async def answer(reader: hl7.mllp.HL7StreamReader, writer: hl7.mllp.HL7StreamWriter):
    while not reader.at_eof():
        try:
            message = await reader.readmessage()
        except asyncio.IncompleteReadError:
            break
        writer.writemessage(message.create_ack())
        await writer.drain()
    writer.close()


async def main():
    server = await hl7.mllp.start_hl7_server(answer, "127.0.0.1", int(sys.argv[1]), encoding="utf-8", limit=1 << 20)
    async with server:
        await server.serve_forever()


logging.disable(logging.CRITICAL)
asyncio.run(main())
