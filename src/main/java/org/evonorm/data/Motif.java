package org.evonorm.data;

/**
 * The motifs of {@link SyntheticImages}, one per class: six shapes and four textures. No horizontal flip turns a motif
 * into another, so training may flip images. A motif is a signed distance function: the distance from its edge in units
 * of its radius, negative inside.
 */
enum Motif {
    DISC {
        @Override
        double distance(Style style, double x, double y) {
            return length(x, y) - 0.9;
        }
    },
    RING {
        @Override
        double distance(Style style, double x, double y) {
            return Math.abs(length(x, y) - 0.75) - 0.22;
        }
    },
    SQUARE {
        @Override
        double distance(Style style, double x, double y) {
            return box(x, y, 0.8, 0.8);
        }
    },
    TRIANGLE {
        @Override
        double distance(Style style, double x, double y) {
            return Math.max(y, Math.abs(x) * COS_30 - y * 0.5) - 0.55;
        }
    },
    CROSS {
        @Override
        double distance(Style style, double x, double y) {
            return Math.min(box(x, y, 0.95, 0.27), box(x, y, 0.27, 0.95));
        }
    },
    CRESCENT {
        @Override
        double distance(Style style, double x, double y) {
            return Math.max(length(x, y) - 0.95, 0.75 - length(x - 0.45, y));
        }
    },
    HORIZONTAL_STRIPES {
        @Override
        double distance(Style style, double x, double y) {
            return Math.max(style.outline(x, y), style.wave(y) * style.pitch);
        }
    },
    VERTICAL_STRIPES {
        @Override
        double distance(Style style, double x, double y) {
            return Math.max(style.outline(x, y), style.wave(x) * style.pitch);
        }
    },
    CHECKERBOARD {
        @Override
        double distance(Style style, double x, double y) {
            double across = style.wave(x);
            double down = style.wave(y);
            double toEdge = Math.min(Math.abs(across), Math.abs(down)) * style.pitch;
            return Math.max(style.outline(x, y), across * down > 0 ? -toEdge : toEdge);
        }
    },
    DOTS {
        @Override
        double distance(Style style, double x, double y) {
            double fromCentre = length(style.wave(x) + 0.25, style.wave(y) + 0.25);
            return Math.max(style.outline(x, y), (fromCentre - 0.3) * style.pitch);
        }
    };

    /**
     * The variations of a texture.
     *
     * @param square whether the texture fills a square or a disc
     * @param pitch  period, in units of the radius
     * @param phase  shift, in periods
     */
    record Style(boolean square, double pitch, double phase) {

        private double outline(double x, double y) {
            return square ? box(x, y, 0.85, 0.85) : length(x, y) - 0.95;
        }

        /** A triangle wave between −1/4 and 1/4: the distance in periods from the next edge of a stripe. */
        private double wave(double x) {
            double periods = x / pitch + phase;
            return Math.abs(periods - Math.floor(periods) - 0.5) - 0.25;
        }
    }

    /** Largest distance of a motif's points from its centre, in units of its radius. */
    static final double REACH = 1.25;

    private static final double COS_30 = 0.8660254037844386;

    /** The signed distance of the point (x, y) from the edge; the centre is (0, 0) and the unit is the radius. */
    abstract double distance(Style style, double x, double y);

    /**
     * Whether copies are rotated. Rotated stripes would show another class; all textures stay upright as stripes do.
     */
    boolean rotates() {
        return switch (this) {
            case DISC, RING, SQUARE, TRIANGLE, CROSS, CRESCENT -> true;
            case HORIZONTAL_STRIPES, VERTICAL_STRIPES, CHECKERBOARD, DOTS -> false;
        };
    }

    private static double length(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }

    private static double box(double x, double y, double halfWidth, double halfHeight) {
        return Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);
    }
}
