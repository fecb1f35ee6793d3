/**
 * Return the range of values a chart shows: the readings, and the limits that are near enough to
 * be of interest.
 */
export function getRange(values, bounds) {
    if (!values.length) {
        return [0, 1];
    }
    let [low, high] = [Math.min(...values), Math.max(...values)];
    const reach = Math.max(high - low, Math.abs(high) * 0.05, 0.1);
    for (const [, value] of bounds) {
        if (value > low - 2 * reach && value < high + 2 * reach) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    }
    const margin = (high - low || reach) * 0.08;
    return [low - margin, high + margin];
}

/** Return a function from a value in [low, high] to a place in [from, to]. */
export function makeScale(low, high, from, to) {
    const factor = (to - from) / (high - low || 1);
    return (value) => from + (value - low) * factor;
}

/** Return the coordinates of a polyline as SVG takes them. */
export function toPoints(pairs) {
    return pairs.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}
