"""A client has one subscription for a filter, however often it subscribes or resumes.

What upstream lacks: subscribing again to a filter adds a second one, and every message arrives twice, then
three times; and resuming a session sends retained messages before the CONNACK, which a client takes for a
broken server and never gets past.

What MQTT says: a second SUBSCRIBE with the same filter replaces the first (5, 3.8.4); resuming a session is
no new subscription, so nothing retained is sent.
"""

from typing import Any

from ministack.services import iot

from local.emulator import upstream


def apply() -> None:
    """Replace equal filters, and stay silent on a resume."""

    def subscribe(original: Any) -> Any:
        async def broker_subscribe(
            account: str, region: str, topic_filter: str, callback: Any, *args: Any, **options: Any
        ) -> Any:
            session = getattr(callback, "__self__", None)
            if not isinstance(session, iot._WSSession):
                return await original(account, region, topic_filter, callback, *args, **options)
            # A SUBSCRIBE of the client always says how to handle what is retained; a resume does not.
            options.setdefault("retain_handling", iot.RETAIN_HANDLING_SEND_NEVER)
            earlier = [key for key, known in session._sub_filters.items() if known == topic_filter]
            subscription = await original(account, region, topic_filter, callback, *args, **options)
            for key in earlier:
                await iot.broker_unsubscribe(key)
                session._sub_ids.remove(key)
                session._sub_filters.pop(key)
                session._sub_granted_qos.pop(key, None)
            return subscription

        return broker_subscribe

    upstream.replace(iot, "broker_subscribe", subscribe)
    upstream.check(iot, "broker_unsubscribe")
