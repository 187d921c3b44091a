"""The one logger of the API. A line may carry ids; never a name, a face or a signed address."""

from aws_lambda_powertools import Logger

logger = Logger()
