"""What the operations work with."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.rekognition.engines import MODEL_VERSION, Engines
from local.rekognition.errors import (
    IdempotentParameterMismatchException,
    InvalidParameterException,
    ResourceNotFoundException,
)
from local.rekognition.galleries import Galleries
from local.rekognition.pictures import Pictures
from local.rekognition.settings import RekognitionSettings
from local.rekognition.store import Collection, Store, Transaction

ACCOUNT = "000000000000"

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The parts that operations share."""

    settings: RekognitionSettings
    store: Store
    galleries: Galleries
    engines: Engines
    pictures: Pictures


def collection_named(transaction: Transaction, name: str) -> Collection:
    """Return a collection.

    Raises
    ------
    ResourceNotFoundException
    """
    collection = transaction.collection(name)
    if collection is None:
        raise ResourceNotFoundException(f"The collection id: {name} does not exist")
    return collection


def comparable_collection(transaction: Transaction, name: str) -> Collection:
    """Return a collection whose vectors are of this engine.

    Raises
    ------
    ResourceNotFoundException
    InvalidParameterException
        The collection was made by another engine or version, whose vectors mean something else.
    """
    collection = collection_named(transaction, name)
    if collection.model_version != MODEL_VERSION:
        raise InvalidParameterException(
            f"The collection {name} was made by {collection.model_version}, and this is {MODEL_VERSION}: "
            "make a new collection and index the faces again."
        )
    return collection


def answered_once(
    transaction: Transaction,
    operation: str,
    request: Mapping[str, Any],
    act: Callable[[], Answer],
) -> Answer:
    """Act, unless an earlier call had the same ClientRequestToken: then answer as it was answered.

    Raises
    ------
    IdempotentParameterMismatchException
        The earlier call had other parameters.
    """
    token = request.get("ClientRequestToken")
    if token is None:
        return act()
    parameters = {name: value for name, value in request.items() if name != "ClientRequestToken"}
    asked = json.dumps(parameters, sort_keys=True)
    earlier = transaction.remembered(operation, token)
    if earlier is None:
        answer = act()
        transaction.remember(operation, token, asked, answer)
        return answer
    asked_before, answer = earlier
    if asked_before != asked:
        raise IdempotentParameterMismatchException
    return answer
