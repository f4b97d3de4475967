package dev.whippletree.comparison.contender;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The questions that warm up a contender. */
final class Warming {

    private Warming() {}

    static List<Setup.Caller> callers(int callers, int questions, Setup setup) {
        List<Setup.Caller> all = new ArrayList<>();
        String tenant = setup.services().tenants().stream().findFirst().orElse("");
        for (int caller = 0; caller < callers; caller++) {
            List<String> texts = new ArrayList<>();
            for (int question = 0; question < questions; question++) {
                texts.add("Warm-up question " + question + " of caller " + caller);
            }
            all.add(new Setup.Caller(tenant, Duration.ZERO, texts));
        }
        return all;
    }
}
