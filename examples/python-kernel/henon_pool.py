"""The same by multiprocessing.Pool."""

from multiprocessing import Pool


def steps(point: tuple[float, float]) -> int:
    a, b = point
    x = y = 0.0
    for n in range(200):
        x, y = 1 - a * x * x + y, b * x
        if abs(x) > 100:
            return n
    return 200


if __name__ == "__main__":
    points = [(i * (2 / 400), j * (0.5 / 400)) for i in range(400) for j in range(400)]
    with Pool() as pool:
        counts = pool.map(steps, points, chunksize=1000)
    print(sum(counts))
