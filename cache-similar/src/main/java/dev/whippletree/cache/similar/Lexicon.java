package dev.whippletree.cache.similar;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The English words that guards know. */
final class Lexicon {

    /** Words that deny; those that end with {@code n't} are known by that. */
    static final Set<String> NEGATIONS = Set.of(
            "not", "no", "never", "none", "nothing", "nobody", "nowhere", "neither", "nor", "without", "cannot", "cant", "wont",
            "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "hasnt", "havent", "hadnt", "shouldnt", "wouldnt",
            "couldnt", "except", "unless", "hardly", "unable", "lack", "lacks", "lacking");

    /** Words that carry little meaning by themselves: order and number of the others are compared. */
    static final Set<String> FILLERS = Set.of(
            "a", "an", "the", "is", "are", "was", "were", "be", "been", "am", "do", "does", "did", "have", "has", "had", "i", "you",
            "he", "she", "it", "we", "they", "me", "my", "your", "our", "their", "its", "this", "that", "these", "those", "of",
            "to", "in", "on", "at", "for", "with", "by", "from", "as", "and", "or", "so", "please", "can", "could", "would",
            "will", "shall", "should", "may", "might", "how", "what", "which", "there", "some", "any", "just", "about", "if");

    /** Languages, of people and of programs. */
    static final Set<String> LANGUAGES = Set.of(
            "english", "german", "french", "spanish", "italian", "portuguese", "dutch", "polish", "russian", "ukrainian", "chinese",
            "mandarin", "cantonese", "japanese", "korean", "arabic", "hebrew", "hindi", "bengali", "turkish", "greek", "swedish",
            "danish", "norwegian", "finnish", "czech", "hungarian", "romanian", "vietnamese", "thai", "indonesian", "persian",
            "java", "javascript", "typescript", "python", "kotlin", "scala", "groovy", "ruby", "rust", "golang", "swift",
            "objective-c", "php", "perl", "haskell", "erlang", "elixir", "clojure", "lisp", "fortran", "cobol", "sql", "bash",
            "powershell", "matlab", "julia", "lua", "dart", "html", "css", "assembly", "pascal", "prolog", "c");

    private static final String[][] PAIRS = {
        {"strength", "weakness"}, {"strengths", "weaknesses"}, {"strong", "weak"}, {"advantage", "disadvantage"},
        {"advantages", "disadvantages"}, {"pro", "con"}, {"pros", "cons"}, {"increase", "decrease"}, {"increase", "reduce"},
        {"raise", "lower"}, {"raise", "reduce"}, {"more", "less"}, {"more", "fewer"}, {"most", "least"}, {"max", "min"},
        {"maximum", "minimum"}, {"maximize", "minimize"}, {"high", "low"}, {"higher", "lower"}, {"highest", "lowest"},
        {"large", "small"}, {"larger", "smaller"}, {"big", "small"}, {"bigger", "smaller"}, {"long", "short"},
        {"longer", "shorter"}, {"fast", "slow"}, {"faster", "slower"}, {"early", "late"}, {"earlier", "later"},
        {"before", "after"}, {"first", "last"}, {"start", "stop"}, {"start", "end"}, {"begin", "end"}, {"open", "close"},
        {"opening", "closing"}, {"enable", "disable"}, {"enabled", "disabled"}, {"activate", "deactivate"}, {"lock", "unlock"},
        {"freeze", "unfreeze"}, {"block", "unblock"}, {"add", "remove"}, {"add", "delete"}, {"create", "delete"},
        {"insert", "delete"}, {"install", "uninstall"}, {"connect", "disconnect"}, {"subscribe", "unsubscribe"},
        {"accept", "reject"}, {"accept", "decline"}, {"allow", "forbid"}, {"allow", "deny"}, {"approve", "reject"},
        {"accepted", "declined"}, {"accepted", "rejected"}, {"approved", "rejected"}, {"encrypt", "decrypt"},
        {"encode", "decode"}, {"compress", "decompress"}, {"serialize", "deserialize"}, {"upload", "download"},
        {"import", "export"}, {"send", "receive"}, {"sent", "received"}, {"sending", "receiving"}, {"push", "pop"},
        {"push", "pull"}, {"read", "write"}, {"reading", "writing"}, {"input", "output"}, {"load", "save"}, {"buy", "sell"},
        {"deposit", "withdraw"}, {"deposit", "withdrawal"}, {"deposits", "withdrawals"}, {"lend", "borrow"}, {"credit", "debit"},
        {"hire", "fire"}, {"hiring", "firing"}, {"join", "leave"}, {"love", "hate"}, {"like", "dislike"}, {"best", "worst"},
        {"better", "worse"}, {"good", "bad"}, {"success", "failure"}, {"successes", "failures"}, {"succeed", "fail"},
        {"succeeded", "failed"}, {"win", "lose"}, {"pass", "fail"}, {"positive", "negative"}, {"true", "false"}, {"yes", "no"},
        {"right", "wrong"}, {"correct", "incorrect"}, {"valid", "invalid"}, {"possible", "impossible"}, {"legal", "illegal"},
        {"safe", "unsafe"}, {"secure", "insecure"}, {"happy", "unhappy"}, {"easy", "hard"}, {"easy", "difficult"},
        {"easiest", "hardest"}, {"simple", "complex"}, {"cheap", "expensive"}, {"cheaper", "dearer"}, {"rich", "poor"},
        {"old", "new"}, {"older", "newer"}, {"oldest", "newest"}, {"young", "old"}, {"hot", "cold"}, {"warm", "cold"},
        {"left", "right"}, {"up", "down"}, {"top", "bottom"}, {"above", "below"}, {"over", "under"}, {"front", "back"},
        {"forward", "backward"}, {"inside", "outside"}, {"internal", "external"}, {"include", "exclude"},
        {"including", "excluding"}, {"inbound", "outbound"}, {"incoming", "outgoing"}, {"public", "private"},
        {"static", "dynamic"}, {"mutable", "immutable"}, {"synchronous", "asynchronous"}, {"sync", "async"},
        {"ascending", "descending"}, {"horizontal", "vertical"}, {"rows", "columns"}, {"row", "column"}, {"even", "odd"},
        {"client", "server"}, {"male", "female"}, {"arrival", "departure"}, {"arrive", "depart"}, {"arrive", "leave"},
        {"domestic", "international"}, {"temporary", "permanent"}, {"always", "never"}, {"all", "none"}, {"everyone", "nobody"},
        {"on", "off"}, {"with", "without"}, {"past", "future"}, {"prior", "next"}, {"previous", "next"}, {"employer", "employee"},
        {"employed", "unemployed"}, {"profit", "loss"}, {"gain", "loss"}, {"optimistic", "pessimistic"},
    };

    private static final Map<String, Set<String>> OPPOSITES = opposites();

    private Lexicon() {}

    /** Returns the words that mean the opposite of one; empty if none is known. */
    static Set<String> opposites(String word) {
        return OPPOSITES.getOrDefault(word, Set.of());
    }

    private static Map<String, Set<String>> opposites() {
        Map<String, Set<String>> opposites = new HashMap<>();
        for (String[] pair : PAIRS) {
            opposites.computeIfAbsent(pair[0], word -> new HashSet<>()).add(pair[1]);
            opposites.computeIfAbsent(pair[1], word -> new HashSet<>()).add(pair[0]);
        }
        return opposites;
    }
}
