"""Keeps resources with `Retain`, as AWS does: LocalStack deletes a stack's resources whatever their
DeletionPolicy says.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from localstack.services.cloudformation.engine.v2.change_set_model import ChangeAction
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent

execute_one = ChangeSetModelExecutor._execute_resource_action


def install() -> None:
    ChangeSetModelExecutor._execute_resource_action = execute


def execute(executor: ChangeSetModelExecutor, **change) -> ProgressEvent:
    if not is_kept(executor, **change):
        return execute_one(executor, **change)
    # LocalStack records the resource as removed; only its provider must not hear of it.
    provider = executor.resource_provider_executor
    deploy_loop = provider.deploy_loop
    provider.deploy_loop = lambda *_: ProgressEvent(OperationStatus.SUCCESS, resource_model={}, message="Retained")
    try:
        return execute_one(executor, **change)
    finally:
        provider.deploy_loop = deploy_loop


def is_kept(executor, action, logical_resource_id, part_of_replacement=False, **_) -> bool:
    if action != ChangeAction.Remove or part_of_replacement:
        return False
    template = executor._change_set.stack.processed_template or {}
    return template.get("Resources", {}).get(logical_resource_id, {}).get("DeletionPolicy") == "Retain"
