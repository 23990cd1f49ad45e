"""multiprocessing.Pool: two processes."""

from multiprocessing import Pool

from lost import judge, task

if __name__ == "__main__":
    with Pool(2) as pool:
        judge(lambda numbers: pool.map_async(task, numbers, chunksize=1))
