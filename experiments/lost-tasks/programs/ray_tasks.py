"""Ray: two workers of one node."""

import ray

from lost import judge, task

if __name__ == "__main__":
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=256 * 2**20)
    work = ray.remote(task)
    judge(lambda numbers: [work.remote(number) for number in numbers])
    ray.shutdown()
