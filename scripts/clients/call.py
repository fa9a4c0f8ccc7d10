"""One call with the library that is named, and what its status is."""

import asyncio
import json
import os
import sys
import urllib.request

URL = "https://api.lusha.com/v3/contacts/search-and-enrich"
BODY = json.dumps({"contacts": [{"email": "ada.quill@quill-works.example"}]})
HEADERS = {"api_key": os.environ["LUSHA_API_KEY"], "content-type": "application/json"}


async def by_aiohttp(*, trust_env: bool) -> int:
    """The status, with a session that looks at the environment or does not."""
    import aiohttp  # noqa: PLC0415 - one library a run

    async with (
        aiohttp.ClientSession(trust_env=trust_env) as session,
        session.post(URL, data=BODY, headers=HEADERS) as answer,
    ):
        return answer.status


match sys.argv[1]:
    case "urllib":
        request = urllib.request.Request(URL, data=BODY.encode(), headers=HEADERS)
        print(urllib.request.urlopen(request).status)
    case "urllib3":
        import urllib3

        print(urllib3.PoolManager().request("POST", URL, body=BODY, headers=HEADERS, retries=False).status)
    case "aiohttp":
        print(asyncio.run(by_aiohttp(trust_env=True)))
    case "aiohttp-bare":
        print(asyncio.run(by_aiohttp(trust_env=False)))
    case name:
        print(__import__(name).post(URL, data=BODY, headers=HEADERS).status_code)
