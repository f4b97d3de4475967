package dev.whippletree.stress.interviews;

import java.util.List;

/** The questions of interviews: as many different ones as needed. Stateless. */
final class QuestionBank {

    private static final List<String> TOPICS = List.of(
            "a conflict with a colleague",
            "a deadline you missed",
            "a project you are proud of",
            "working under pressure",
            "giving honest feedback",
            "a failure in production",
            "mentoring somebody new",
            "a change you didn't agree with",
            "saying no to a manager",
            "paying back technical debt");

    private static final List<String> TEMPLATES = List.of(
            "Tell me about %s.",
            "What did you learn from %s?",
            "How do you deal with %s?",
            "Can you give me an example of %s?",
            "What would you do differently about %s today?",
            "What is the hardest part of %s?",
            "Walk me through %s, step by step.",
            "How did %s change the way you work?",
            "What do most people get wrong about %s?",
            "How would you teach a team about %s?");

    private QuestionBank() {}

    /** Returns a question; different numbers, 0 or more, give different questions. */
    static String question(int number) {
        String topic = TOPICS.get(number % TOPICS.size());
        int rest = number / TOPICS.size();
        String template = TEMPLATES.get(rest % TEMPLATES.size());
        int round = rest / TEMPLATES.size();
        return template.formatted(topic) + (round == 0 ? "" : " This is round " + (round + 1) + ".");
    }
}
