package dev.whippletree.cli.plan.page;

import dev.whippletree.cli.board.Words;
import dev.whippletree.cli.plan.answer.Costs;
import dev.whippletree.cli.plan.answer.Sentences;
import dev.whippletree.cli.plan.answer.Stretch;
import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.CapacityPlan.Advice;
import dev.whippletree.planner.CapacityPlan.Fewest;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Outcome.AccountUse;
import dev.whippletree.planner.Outcome.LimitUse;
import java.util.List;

/** The part of the page that is about one size. Immutable. */
final class SizeSection {

    private static final int SINGLE_ACCOUNTS = 6;

    /** A day of minutes; more of them would only make the page slow. */
    private static final int MOST_ROWS = 1440;

    private final CapacityPlan plan;
    private final SizePlan size;
    private final Outcome outcome;
    private final Costs costs;

    SizeSection(CapacityPlan plan, SizePlan size, Costs costs) {
        this.plan = plan;
        this.size = size;
        this.outcome = size.asIs();
        this.costs = costs;
    }

    void write(Html html) {
        html.markup("<section>\n");
        html.element("h2", Words.count(size.interviews(), "interview") + ": " + Sentences.word(outcome.verdict()));
        html.element("p", String.join(" ", Sentences.reasons(plan, size)));
        new Charts(outcome).draw(html);
        Sentences.firstMinute(outcome).ifPresent(sentence -> html.element("p", "note", sentence));
        accounts(html);
        fewest(html);
        advice(html);
        new CostSection(costs).write(html, plan.request().pool(), outcome);
        timeline(html);
        html.markup("</section>\n");
    }

    private void accounts(Html html) {
        html.element("h3", "Accounts");
        HtmlTable table =
                new HtmlTable(html, 2, List.of("Account", "Limit", "Calls", "Used", "of", "Share", "Fullest window"));
        for (AccountUse account : outcome.accounts()) {
            List<LimitUse> limits = outcome.limits().stream()
                    .filter(limit -> limit.organization().equals(account.organization()))
                    .toList();
            String calls = Words.count(account.calls());
            if (limits.isEmpty()) {
                table.row(List.of(account.id(), "none", calls, "–", "–", "–", "–"));
            }
            for (LimitUse limit : limits) {
                table.row(List.of(
                        account.id(),
                        limit.limit(),
                        calls,
                        Words.count(limit.used()),
                        Words.count(limit.allowed()),
                        Sentences.percent(limit.share()),
                        Sentences.percent(limit.fullestShare())));
            }
        }
        table.end();
    }

    private void fewest(Html html) {
        if (size.fewest().isEmpty()) {
            return;
        }
        boolean several = size.fewest().stream().map(Fewest::kind).distinct().count() > 1;
        html.element("h3", "Fewest accounts that would do").markup("<ul>\n");
        size.fewest()
                .forEach(fewest ->
                        html.element("li", Sentences.kind(fewest, several) + ": " + Sentences.fewest(fewest)));
        html.markup("</ul>\n");
    }

    private void advice(Html html) {
        if (size.advice().isEmpty()) {
            return;
        }
        html.element("h3", "What if").markup("<div class=\"wide\">\n");
        HtmlTable table =
                new HtmlTable(html, 2, List.of("", "Holds", "Calls", "Used", "Wait p95", "worst", "Unanswered"));
        List<String> notes = size.advice().stream()
                .map(Advice::assumption)
                .filter(assumption -> !assumption.isEmpty())
                .distinct()
                .toList();
        for (Advice advice : size.advice()) {
            Outcome other = advice.outcome();
            String note = advice.assumption().isEmpty() ? "" : " (" + (notes.indexOf(advice.assumption()) + 1) + ")";
            table.row(List.of(
                    advice.title() + note,
                    Verdicts.marked(other.verdict()),
                    Words.count(other.calls()),
                    Sentences.load(other),
                    Sentences.time(other.waited(), Outcome.Times::p95),
                    Sentences.time(other.waited(), Outcome.Times::worst),
                    Words.count(other.unanswered())));
        }
        table.end();
        html.markup("</div>\n");
        for (int number = 1; number <= notes.size(); number++) {
            html.element("p", "note", "(" + number + ") " + notes.get(number - 1));
        }
    }

    private void timeline(Html html) {
        if (outcome.timeline().isEmpty()) {
            return;
        }
        html.markup("<details><summary>Every minute in numbers</summary>\n");
        HtmlTable table = new HtmlTable(
                html,
                1,
                List.of(
                        "Minute",
                        "Asked",
                        "Answered",
                        "No call",
                        "Calls",
                        "by account",
                        "Wait p95",
                        "worst",
                        "Left open"));
        for (Stretch stretch : Stretch.evenly(outcome.timeline(), MOST_ROWS)) {
            table.row(List.of(
                    stretch.name(),
                    Words.count(stretch.asked()),
                    Words.count(stretch.answered()),
                    Sentences.percent(stretch.hitRate()),
                    Words.count(stretch.calls()),
                    Sentences.perAccount(stretch.callsByAccount(), SINGLE_ACCOUNTS),
                    Words.duration(stretch.p95Waited()),
                    Words.duration(stretch.worstWaited()),
                    Words.count(stretch.open())));
        }
        table.end();
        html.markup("</details>\n");
    }
}
