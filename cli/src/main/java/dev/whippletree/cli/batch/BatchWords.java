package dev.whippletree.cli.batch;

import dev.whippletree.batch.BatchProgress;
import dev.whippletree.terminal.board.Words;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Formats a batch's progress as text and as JSON. Stateless. */
final class BatchWords {

    private BatchWords() {}

    static String line(BatchProgress progress, Instant now, ZoneId zone) {
        List<String> parts = new ArrayList<>();
        parts.add(Words.count(progress.answered() + progress.resumed()) + " done");
        parts.add(Words.count(progress.failed()) + " failed");
        parts.add(Words.count(progress.fromCache()) + " from cache");
        parts.add(Words.count(progress.calls(), "call"));
        parts.add(Words.count(Math.round(progress.perMinute())) + "/min");
        progress.cost().filter(cost -> cost.signum() > 0).ifPresent(cost -> parts.add("cost " + plain(cost)));
        progress.waiting().ifPresent(wait -> parts.add(wait(wait, now, zone)));
        progress.forecast().ifPresent(forecast -> parts.add(end(forecast, now, zone)));
        progress.held().ifPresent(why -> parts.add("waiting: " + why));
        return String.join(", ", parts);
    }

    private static String plain(BigDecimal cost) {
        return cost.stripTrailingZeros().toPlainString();
    }

    private static String wait(BatchProgress.Wait wait, Instant now, ZoneId zone) {
        return "waiting for " + wait.account()
                + wait.until()
                        .map(at -> " until " + Words.time(at, now, zone) + ", " + seconds(at, now))
                        .orElse("")
                + wait.reason().map(why -> ": " + why).orElse("");
    }

    private static String seconds(Instant at, Instant now) {
        long seconds = Math.max(0, Math.round(Duration.between(now, at).toMillis() / 1_000.0));
        return seconds < 60 ? seconds + " s" : Words.duration(Duration.ofSeconds(seconds));
    }

    static String end(BatchProgress.Forecast forecast, Instant now, ZoneId zone) {
        if (forecast.isOneTime()) {
            return "done in " + Words.duration(forecast.least()) + ", at "
                    + Words.time(now.plus(forecast.least()), now, zone);
        }
        if (forecast.most().isEmpty()) {
            return "done in " + Words.duration(forecast.least()) + " or more";
        }
        String most = Words.duration(forecast.most().get());
        return forecast.least().isZero()
                ? "done within " + most
                : "done in " + Words.duration(forecast.least()) + " to " + most;
    }

    /** Returns it for people and programs that look at it from elsewhere. */
    static Map<String, Object> json(BatchProgress progress, Instant now) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", now.toString());
        progress.total().ifPresent(total -> json.put("total", total));
        json.put("resumed", progress.resumed());
        json.put("answered", progress.answered());
        json.put("from_cache", progress.fromCache());
        json.put("failed", progress.failed());
        json.put("calls", progress.calls());
        json.put("under_way", progress.underWay());
        json.put("elapsed_seconds", progress.elapsed().toSeconds());
        json.put("per_minute", Math.round(progress.perMinute()));
        seconds(json, "done_in_seconds_least", progress.forecast().map(BatchProgress.Forecast::least));
        seconds(json, "done_in_seconds_most", progress.forecast().flatMap(BatchProgress.Forecast::most));
        progress.cost().ifPresent(cost -> json.put("cost", cost));
        progress.waiting().ifPresent(wait -> {
            json.put("waiting_for", wait.account());
            wait.reason().ifPresent(why -> json.put("waiting_because", why));
            wait.until().ifPresent(at -> json.put("waiting_until", at.toString()));
        });
        progress.held().ifPresent(why -> json.put("held", why));
        progress.stopped().ifPresent(why -> json.put("stopped", why));
        return json;
    }

    private static void seconds(Map<String, Object> json, String name, Optional<Duration> time) {
        time.ifPresent(known -> json.put(name, known.toSeconds()));
    }
}
