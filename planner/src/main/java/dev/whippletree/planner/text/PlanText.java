package dev.whippletree.planner.text;

import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.CapacityPlan.SizePlan;
import dev.whippletree.planner.Outcome;
import dev.whippletree.planner.Verdict;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Words;
import java.util.ArrayList;
import java.util.List;

/** A plan as text for a screen of 40 columns or more: the answer first, then its reasons. Only one size in detail. */
public record PlanText(CapacityPlan plan, Costs costs, Screen screen) {

    public List<String> lines() {
        SizePlan closest = Sentences.closest(plan);
        Outcome outcome = closest.asIs();
        List<String> lines = new ArrayList<>(headline(closest));
        section(lines, "", new SizesTable(screen).lines(plan));
        Sentences.firstMinute(outcome)
                .ifPresent(sentence -> lines.addAll(Columns.prose(screen, Paint.FAINT, sentence)));
        section(lines, "Fewest accounts that are enough", new FewestTable(screen).lines(plan));
        String detail = plan.sizes().size() == 1 ? "" : ", " + Words.count(closest.interviews(), "interview");
        section(lines, "Accounts" + detail, new AccountsTable(screen).lines(outcome));
        section(lines, "What if" + detail, new AdviceTable(screen).lines(closest));
        section(lines, "Cost" + detail, new CostTable(costs, screen).lines(outcome));
        section(
                lines,
                "Assumptions",
                plan.assumptions().stream()
                        .flatMap(sentence -> Columns.marked(screen, Paint.PLAIN, "• ", sentence).stream())
                        .toList());
        return lines;
    }

    private List<String> headline(SizePlan closest) {
        Paint paint = paint(closest.asIs().verdict());
        List<String> lines = new ArrayList<>(Columns.prose(screen, paint, Sentences.headline(plan)));
        String whose = plan.sizes().size() == 1 ? "" : Words.count(closest.interviews()) + ": ";
        for (String sentence : Sentences.reasons(plan, closest)) {
            lines.addAll(Columns.prose(screen, Paint.PLAIN, whose + sentence));
            whose = "";
        }
        return lines;
    }

    private void section(List<String> lines, String title, List<String> more) {
        if (more.isEmpty()) {
            return;
        }
        lines.add("");
        if (!title.isEmpty()) {
            lines.add(Paint.STRONG.on(title, screen.colours()));
        }
        lines.addAll(more);
    }

    static Paint paint(Verdict verdict) {
        return switch (verdict) {
            case HOLDS -> Paint.GOOD;
            case TIGHT, UNKNOWN, DEPENDS -> Paint.CAUTION;
            case DOES_NOT_HOLD -> Paint.BAD;
        };
    }
}
