"""What a function on AWS Lambda names as its handler: `manyhands.lambda_handler.handler`."""

from .lambda_worker import lambda_worker

handler = lambda_worker()
