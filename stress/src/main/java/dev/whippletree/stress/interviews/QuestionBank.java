package dev.whippletree.stress.interviews;

import java.util.List;

/** The questions of interviews: as many different ones as anybody wants. Stateless. */
final class QuestionBank {

    private static final List<String> TOPICS = List.of(
            "a conflict with a colleague",
            "a deadline you missed",
            "a project you are proud of",
            "a decision you regret",
            "working under pressure",
            "giving honest feedback",
            "taking over somebody else's code",
            "explaining something technical to a customer",
            "a failure in production",
            "mentoring somebody new",
            "a change you didn't agree with",
            "learning a new language quickly",
            "saying no to a manager",
            "cutting the scope of a release",
            "a test that saved you",
            "estimating work nobody had done before",
            "a team that didn't get along",
            "a meeting that went wrong",
            "working across time zones",
            "a design you threw away",
            "paying back technical debt",
            "an interview you led yourself",
            "a security problem you found",
            "choosing between two libraries",
            "a customer who was angry",
            "an outage at night",
            "measuring whether something helped",
            "a migration without downtime",
            "documentation nobody read",
            "hiring the right person",
            "disagreeing with a review",
            "an idea that came from a junior colleague",
            "a budget that was cut",
            "automating a boring task",
            "keeping a promise that became expensive",
            "leading without authority",
            "a prototype that went live",
            "an assumption that was wrong",
            "being new in a team",
            "leaving a company well");

    private static final List<String> TEMPLATES = List.of(
            "Tell me about %s.",
            "What did you learn from %s?",
            "How do you deal with %s?",
            "Can you give me an example of %s?",
            "What would you do differently about %s today?",
            "Who else was involved when you last had to do with %s?",
            "What is the hardest part of %s?",
            "How would your colleagues describe you when it comes to %s?",
            "Walk me through %s, step by step.",
            "What advice would you give somebody who faces %s?",
            "How did %s change the way you work?",
            "When was the last time you thought about %s, and why?",
            "What do most people get wrong about %s?",
            "How do you prepare for %s?",
            "How do you know that you handled %s well?",
            "What surprised you about %s?",
            "If I asked your last manager about %s, what would I hear?",
            "How much of %s is luck?",
            "What would have happened without you in the case of %s?",
            "Which single habit helps you most with %s?",
            "How would you explain %s to a student?",
            "What did %s cost, and was it worth it?",
            "Where do you still want to improve when it comes to %s?",
            "What role does trust play in %s?",
            "How do you stay calm in the face of %s?",
            "What would you want from us in the case of %s?",
            "Describe %s in three sentences.",
            "How does %s differ between a small company and a large one?",
            "What question should I have asked you about %s?",
            "How would you teach a team about %s?",
            "What does %s say about you?",
            "What makes %s interesting to you?",
            "How often have you had to do with %s in the past year?",
            "What is your first step when you are confronted with %s?",
            "What is the best outcome of %s you have seen?",
            "What is the worst outcome of %s you have seen?",
            "How do you talk to your family about %s?",
            "What would you measure about %s?",
            "What do you do the day after %s?",
            "Which book or person shaped how you see %s?");

    private static final List<String> ROLES = List.of(
            "",
            " Think of your time as a team lead.",
            " Think of your first job.",
            " Think of your current role.",
            " Think of a remote team.",
            " Think of a start-up.",
            " Think of a public authority.",
            " Think of an open-source project.");

    private QuestionBank() {}

    /** Returns a question; different numbers, 0 or more, give different questions. */
    static String question(int number) {
        int rest = number;
        String topic = TOPICS.get(rest % TOPICS.size());
        rest /= TOPICS.size();
        String template = TEMPLATES.get(rest % TEMPLATES.size());
        rest /= TEMPLATES.size();
        String role = ROLES.get(rest % ROLES.size());
        rest /= ROLES.size();
        return template.formatted(topic) + role + (rest == 0 ? "" : " This is round " + (rest + 1) + ".");
    }
}
