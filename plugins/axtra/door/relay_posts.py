"""Where Amazon SNS posts what Amazon SES says of returned mail: checked, kept, judged later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from axtra.subscribers import Pool
from axtra.subscribers.returns import relay_notices
from axtra.subscribers.returns.relay_notices import Fetch, NoticeError

PATH = "/retours/ses"
_MOST = 300_000  # bytes


def route(
    pool: Pool,
    topic: str,
    clock: Callable[[], datetime],
    say: Callable[[str], object],
    fetch: Fetch = relay_notices.fetch_certificate,
) -> Route:
    """Return the route of the notifications of one topic.

    Args:
        pool: lends the register.
        topic: by its ARN.
        clock: returns the current moment.
        say: receives each line of the journal.
        fetch: fetches a certificate.
    """

    async def take(request: Request) -> Response:
        """Keep a notification; a subscription is confirmed by a person only."""
        data = b""
        async for part in request.stream():
            data += part
            if len(data) > _MOST:
                return Response(status_code=413)
        try:
            notice = await run_in_threadpool(relay_notices.read, data, topic, fetch)
        except NoticeError as error:
            say(f"notification de SES refusée : {error.problem}\n")
            return Response(status_code=403)
        if notice.to_confirm:
            say(f"Amazon SNS demande de confirmer l’abonnement; ouvrez :  {notice.to_confirm}\n")
        else:
            await run_in_threadpool(
                pool.do,
                lambda register: register.keep_notice(notice.id, notice.mails, clock()),
            )
        return Response(status_code=204)

    return Route(PATH, take, methods=["POST"])
