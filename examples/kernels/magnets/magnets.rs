const HALF_ROOT_OF_3: f64 = 0.8660254037844386;
const MAGNETS: [(f64, f64); 3] = [(1.0, 0.0), (-0.5, HALF_ROOT_OF_3), (-0.5, -HALF_ROOT_OF_3)];
const SECONDS: f64 = 0.02;

/// The manifest becomes the module's custom section `manyhands`.
#[link_section = "manyhands"]
#[used]
static MANIFEST: [u8; include_bytes!("magnets.json").len()] = *include_bytes!("magnets.json");

#[no_mangle]
pub extern "C" fn point(y: f64, x: f64, friction: f64, height: f64, steps: f64) -> f64 {
    let (mut px, mut py, mut vx, mut vy, mut path) = (x, y, 0.0, 0.0, 0.0);
    for _ in 0..steps as u32 {
        let mut ax = -0.5 * px - friction * vx;
        let mut ay = -0.5 * py - friction * vy;
        for (mx, my) in MAGNETS {
            let dx = mx - px;
            let dy = my - py;
            let square = dx * dx + dy * dy + height * height;
            let pull = 1.0 / (square * square.sqrt());
            ax += dx * pull;
            ay += dy * pull;
        }
        vx += ax * SECONDS;
        vy += ay * SECONDS;
        px += vx * SECONDS;
        py += vy * SECONDS;
        path += (vx * vx + vy * vy).sqrt() * SECONDS;
    }
    path
}
