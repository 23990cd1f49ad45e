const half_root_of_3 = 0.8660254037844386;
const magnets = [3][2]f64{ .{ 1, 0 }, .{ -0.5, half_root_of_3 }, .{ -0.5, -half_root_of_3 } };
const seconds = 0.02;

export fn point(y: f64, x: f64, friction: f64, height: f64, steps: f64) f64 {
    var px = x;
    var py = y;
    var vx: f64 = 0;
    var vy: f64 = 0;
    var path: f64 = 0;
    var step: f64 = 0;
    while (step < steps) : (step += 1) {
        var ax = -0.5 * px - friction * vx;
        var ay = -0.5 * py - friction * vy;
        for (magnets) |magnet| {
            const dx = magnet[0] - px;
            const dy = magnet[1] - py;
            const square = dx * dx + dy * dy + height * height;
            const pull = 1 / (square * @sqrt(square));
            ax += dx * pull;
            ay += dy * pull;
        }
        vx += ax * seconds;
        vy += ay * seconds;
        px += vx * seconds;
        py += vy * seconds;
        path += @sqrt(vx * vx + vy * vy) * seconds;
    }
    return path;
}
