package dev.whippletree.cli.plan.page;

import java.util.ArrayList;
import java.util.List;

/**
 * A scale from 0 to a round number, with a few ticks. Immutable.
 *
 * @param top the number at its end, more than 0
 * @param step from tick to tick
 */
record Scale(double top, double step) {

    private static final int TICKS = 4;
    private static final double TEN = 10;

    /** Returns the scale on which a number fits. */
    static Scale of(double highest) {
        double rough = Math.max(highest, 1e-9) / TICKS;
        double power = Math.pow(TEN, Math.floor(Math.log10(rough)));
        double step = TEN * power;
        for (double factor : new double[] {1, 2, 5}) {
            if (rough <= factor * power) {
                step = factor * power;
                break;
            }
        }
        return new Scale(Math.ceil(highest / step - 1e-9) * step, step);
    }

    /** Returns the scale on which a count fits: its ticks are whole. */
    static Scale ofCount(long highest) {
        return of(Math.max(highest, TICKS));
    }

    /** Returns where its ticks are, 0 and the top among them. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (int number = 0; number * step <= top + step / 2; number++) {
            ticks.add(number * step);
        }
        return ticks;
    }
}
