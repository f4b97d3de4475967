package dev.whippletree.cli.plan.page;

import dev.whippletree.cli.board.Words;
import dev.whippletree.cli.plan.answer.Costs;
import dev.whippletree.cli.plan.answer.Sentences;
import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.PlanRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A plan as an HTML page: the answer, the table of sizes, and for each size its pictures, accounts, advice and cost. It asks for
 * nothing from anywhere, and runs no script. Immutable.
 */
public final class PlanPage {

    private static final String STYLES = "plan.css";

    private final CapacityPlan plan;
    private final Costs costs;

    /**
     * Creates the page.
     *
     * @param plan what to tell
     * @param costs what tokens cost
     */
    public PlanPage(CapacityPlan plan, Costs costs) {
        this.plan = plan;
        this.costs = costs;
    }

    /** Returns the page, to be written in UTF-8. */
    public String html() {
        Html html = new Html();
        html.markup("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.markup(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        html.element("title", "Capacity plan: " + Sentences.headline(plan));
        html.markup("<style>\n" + styles() + "</style>\n</head>\n<body>\n");
        head(html);
        sizes(html);
        for (SizePlan size : plan.sizes()) {
            new SizeSection(plan, size, costs).write(html);
        }
        html.element("h2", "Taken for granted").markup("<ul>\n");
        plan.assumptions().forEach(sentence -> html.element("li", sentence));
        return html.markup("</ul>\n</body>\n</html>\n").toString();
    }

    private void head(Html html) {
        SizePlan closest = Sentences.closest(plan);
        PlanRequest request = plan.request();
        html.element(
                "p",
                "kicker",
                "Whippletree capacity plan · " + Words.count(request.pool().count(), "account") + " · "
                        + Words.count(request.workload().questions(), "question")
                        + " an interview · everybody answered within "
                        + Words.duration(request.horizon()));
        html.element("h1", Sentences.word(closest.asIs().verdict()), Sentences.headline(plan));
        String whose = plan.sizes().size() == 1 ? "" : Words.count(closest.interviews(), "interview") + ": ";
        for (String sentence : Sentences.reasons(plan, closest)) {
            html.element("p", whose + sentence);
            whose = "";
        }
    }

    private void sizes(Html html) {
        html.element("h2", "Sizes");
        HtmlTable table = new HtmlTable(
                html,
                2,
                List.of(
                        "Interviews",
                        "Holds",
                        "Prompts",
                        "Calls",
                        "No call",
                        "Used",
                        "Wait p50",
                        "p95",
                        "worst",
                        "Done"));
        for (SizePlan size : plan.sizes()) {
            Outcome outcome = size.asIs();
            List<String> row = new ArrayList<>(List.of(
                    Words.count(size.interviews()),
                    Verdicts.marked(outcome.verdict()),
                    Words.count(outcome.prompts()),
                    Words.count(outcome.calls()),
                    Sentences.percent(outcome.hitRate()),
                    Sentences.load(outcome)));
            row.add(Sentences.time(outcome.waited(), Outcome.Times::p50));
            row.add(Sentences.time(outcome.waited(), Outcome.Times::p95));
            row.add(Sentences.time(outcome.waited(), Outcome.Times::worst));
            row.add(outcome.total().map(Words::duration).orElse("–"));
            table.row(row);
        }
        table.end();
        html.element(
                "p",
                "note",
                "No call: answers from the cache or from another's call. Used: of the calls that all accounts allow. Wait:"
                        + " for room, an answer's own time not counted. Done: when the last prompt was answered.");
    }

    private static String styles() {
        try (InputStream styles = PlanPage.class.getResourceAsStream(STYLES)) {
            byte[] bytes = Objects.requireNonNull(styles, STYLES).readAllBytes();
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the page's styles can't be read", e);
        }
    }
}
