// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tree that the acting program owns, at each moment of its run: replayed from the log's changes, which are in one
 * order for all threads. The model gives the files that a path could have led to within a window of time.
 */
final class Tree {
    /** Directories that descriptors of fixed numbers lead to. */
    private static final List<String> HELD = List.of("a", "b", "c", "a/p");

    private static final int ROOT_FD = 90;
    private static final int DIRECTORY_FD = 92;
    private static final int MAX_LINKS = 8;
    private static final int MAX_SPREAD = 400;

    private final String base;
    private final Map<Long, String> links = new HashMap<>();
    private final List<Long> mountRoots = new ArrayList<>();
    private final List<Integer> mountNamespaces = new ArrayList<>();
    private final Map<Integer, Place> mountPoints = new HashMap<>();
    private final List<Integer> namespaceRoots = new ArrayList<>();
    private final Map<Long, Set<Integer>> namespaceNumbers = new HashMap<>();
    private final List<Place> held = new ArrayList<>();
    private final List<TreeState> states = new ArrayList<>();
    private final List<Stands> stands = new ArrayList<>();
    private final List<LogLine> changes = new ArrayList<>();
    private final long root;
    private final String device;

    Tree(ActLog log) {
        this.base = log.base();
        TreeState state = new TreeState();
        long rootNode = 0;
        String rootDevice = "";
        for (LogLine node : log.nodes()) {
            String path = node.text("path");
            long inode = node.number("ino");
            if (node.text("kind").equals("dir")) {
                state.addDirectory(inode);
            } else if (node.text("kind").equals("link")) {
                links.put(inode, node.text("target"));
            }
            if (path.equals(".")) {
                rootNode = inode;
                rootDevice = node.text("dev");
            } else {
                Long parent =
                        plain(state, rootNode, path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "");
                state.put(parent == null ? 0 : parent, path.substring(path.lastIndexOf('/') + 1), inode);
            }
        }
        this.root = rootNode;
        this.device = rootDevice;
        namespaceRoots.add(newMount(root, 0));
        namespaceNumbers.put(log.firstNamespace(), new HashSet<>(Set.of(0)));
        for (String directory : HELD) {
            Long node = plain(state, root, directory);
            held.add(new Place(0, node == null ? -1 : node));
        }
        for (int actor = 0; actor < Program.MAX_ACTORS; actor++) {
            state.stand(actor, new Standing(0, null, 0, Place.OUTSIDE));
            stands.add(new Stands());
        }
        add(state);
        for (LogLine change : log.changes()) {
            if (change.number("res") == 0) {
                TreeState next = last().copy();
                apply(next, change);
                add(next);
                changes.add(change);
            }
        }
    }

    private void add(TreeState state) {
        for (int actor = 0; actor < Program.MAX_ACTORS; actor++) {
            stands.get(actor).add(states.size(), standing(state, actor));
        }
        states.add(state);
    }

    String device() {
        return device;
    }

    private TreeState last() {
        return states.get(states.size() - 1);
    }

    private int newMount(long rootNode, int namespace) {
        mountRoots.add(rootNode);
        mountNamespaces.add(namespace);
        return mountRoots.size() - 1;
    }

    private static @Nullable Long plain(TreeState state, long from, String path) {
        Long node = from;
        for (String name : path.split("/", 0)) {
            if (node != null && !name.isEmpty()) {
                node = state.child(node, name);
            }
        }
        return node;
    }

    // ---- changes

    private void apply(TreeState state, LogLine change) {
        int actor = change.integer("a");
        String path = change.text("path");
        String other = change.text("other");
        switch (change.text("what")) {
            case "rename" -> rename(state, path, other);
            case "exchange" -> exchange(state, path, other);
            case "link" -> {
                Place parent = parent(state, other);
                Place target = inOwnNamespace(state, path, false);
                if (parent != null && target != null) {
                    state.put(parent.node(), name(other), target.node());
                }
            }
            case "unlink" -> {
                Place parent = parent(state, path);
                if (parent != null) {
                    state.remove(parent.node(), name(path));
                }
            }
            case "symlink" -> {
                Place parent = parent(state, path);
                if (parent != null) {
                    links.put(change.number("ino"), other);
                    state.put(parent.node(), name(path), change.number("ino"));
                }
            }
            case "bind" -> bind(state, actor, path, other);
            case "umount" -> {
                Place place = from(state, actor, base + "/" + path, true);
                if (place != null) {
                    state.unmount(place.mount());
                }
            }
            case "unshare" -> unshare(state, actor, change.number("ns"));
            case "setns" ->
                state.stand(actor, new Standing(0, null, 0, through(state, new Place(namespaceRoots.get(0), root))));
            case "chroot" -> chroot(state, actor, change.integer("value"));
            case "chdir" -> {
                Standing standing = standing(state, actor);
                int value = change.integer("value");
                Place cwd = value < 0 ? new Place(0, root) : held.get(value);
                state.stand(actor, new Standing(standing.namespace(), standing.root(), standing.rootNamespace(), cwd));
            }
            default -> throw new HuntException("an unknown change: " + change);
        }
    }

    private void rename(TreeState state, String from, String to) {
        Place fromParent = parent(state, from);
        Place toParent = parent(state, to);
        Long node = fromParent == null ? null : state.child(fromParent.node(), name(from));
        if (node == null || toParent == null) {
            return;
        }
        Long replaced = state.child(toParent.node(), name(to));
        // The kernel does nothing when both names lead to the same file.
        if (node.equals(replaced)) {
            return;
        }
        state.remove(fromParent.node(), name(from));
        state.put(toParent.node(), name(to), node);
    }

    private void exchange(TreeState state, String one, String two) {
        Place oneParent = parent(state, one);
        Place twoParent = parent(state, two);
        Long oneNode = oneParent == null ? null : state.child(oneParent.node(), name(one));
        Long twoNode = twoParent == null ? null : state.child(twoParent.node(), name(two));
        if (oneNode != null && twoNode != null && oneParent != null && twoParent != null) {
            state.put(oneParent.node(), name(one), twoNode);
            state.put(twoParent.node(), name(two), oneNode);
        }
    }

    private void bind(TreeState state, int actor, String from, String to) {
        Place source = from(state, actor, base + "/" + from, true);
        Place target = from(state, actor, base + "/" + to, true);
        if (source != null && target != null) {
            int mount = newMount(source.node(), standing(state, actor).namespace());
            state.mount(target, mount);
            mountPoints.put(mount, target);
        }
    }

    private void unshare(TreeState state, int actor, long inode) {
        Standing standing = standing(state, actor);
        int old = standing.namespace();
        int fresh = namespaceRoots.size();
        Map<Integer, Integer> copies = new HashMap<>();
        for (int mount = 0, count = mountRoots.size(); mount < count; mount++) {
            if (mountNamespaces.get(mount) == old
                    && (mount == namespaceRoots.get(old) || state.mounts().containsValue(mount))) {
                copies.put(mount, newMount(mountRoots.get(mount), fresh));
            }
        }
        for (Map.Entry<Place, Integer> entry : Map.copyOf(state.mounts()).entrySet()) {
            Integer copy = copies.get(entry.getValue());
            Integer below = copies.get(entry.getKey().mount());
            if (copy != null && below != null) {
                Place point = new Place(below, entry.getKey().node());
                state.mount(point, copy);
                mountPoints.put(copy, point);
            }
        }
        Integer rootCopy = copies.get(namespaceRoots.get(old));
        namespaceRoots.add(rootCopy == null ? namespaceRoots.get(old) : rootCopy);
        namespaceNumbers.computeIfAbsent(inode, number -> new HashSet<>()).add(fresh);
        Place standingRoot = standing.root();
        state.stand(
                actor,
                new Standing(
                        fresh,
                        standingRoot == null ? null : moved(standingRoot, copies),
                        standing.rootNamespace() == old ? fresh : standing.rootNamespace(),
                        moved(standing.cwd(), copies)));
    }

    private static Place moved(Place place, Map<Integer, Integer> copies) {
        return new Place(copies.getOrDefault(place.mount(), place.mount()), place.node());
    }

    private void chroot(TreeState state, int actor, int value) {
        int namespace = standing(state, actor).namespace();
        state.stand(
                actor,
                value < 0
                        ? new Standing(namespace, null, 0, new Place(0, root))
                        : new Standing(namespace, held.get(value), 0, held.get(value)));
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Changes of names start at a descriptor of the first namespace. */
    private @Nullable Place inOwnNamespace(TreeState state, String path, boolean follows) {
        return one(walk(List.of(state), 0, 0, List.of(new Start(0, new Place(0, root), null, false)), path, follows));
    }

    private @Nullable Place parent(TreeState state, String path) {
        return path.contains("/")
                ? inOwnNamespace(state, path.substring(0, path.lastIndexOf('/')), true)
                : new Place(0, root);
    }

    private @Nullable Place from(TreeState state, int actor, String path, boolean follows) {
        Standing standing = standing(state, actor);
        Place start = standing.root() != null
                ? standing.root()
                : new Place(namespaceRoots.get(standing.rootNamespace()), root);
        return one(walk(
                List.of(state),
                0,
                0,
                List.of(new Start(0, through(state, start), standing.root(), false)),
                below(path),
                follows));
    }

    private String below(String path) {
        return path.startsWith(base + "/") ? path.substring(base.length() + 1) : path;
    }

    private static @Nullable Place one(Set<Place> places) {
        return places.size() == 1 ? places.iterator().next() : null;
    }

    private static Standing standing(TreeState state, int actor) {
        Standing standing = state.standing(actor);
        if (standing == null) {
            throw new HuntException("the working directory of actor " + actor + " is unknown");
        }
        return standing;
    }

    // ---- questions

    /** Returns the first and the last state that could have been in force between two times. */
    int[] window(long begin, long end) {
        int first = firstWhere(change -> change.number("e") >= begin);
        int last = firstWhere(change -> change.number("b") > end);
        return new int[] {first, Math.max(first, last)};
    }

    /** Finds the first change that holds. Only one thread at a time makes changes, so their times rise. */
    private int firstWhere(Predicate<LogLine> holds) {
        int low = 0;
        int high = changes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (holds.test(changes.get(middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /**
     * Returns the inode numbers that a path could have led to while an act ran; null when the model does not know.
     *
     * <p>A request that would have to wait goes to a kernel worker (io_queue_async() of io_uring/io_uring.c), which can
     * have stayed in an earlier mount namespace and working directory of the actor.
     *
     * @param path as passed, relative to the tree where the act made it absolute
     */
    @Nullable
    Set<Long> reached(Act act, String path, boolean follows) {
        return reached(act, path, follows, null);
    }

    /**
     * Returns the same, with those moments left out when the actor was in another mount namespace than that of an inode
     * number.
     */
    @Nullable
    Set<Long> reachedIn(long namespaceInode, Act act, String path, boolean follows) {
        return reached(act, path, follows, namespacesOf(act, namespaceInode));
    }

    private @Nullable Set<Long> reached(Act act, String path, boolean follows, @Nullable Set<Integer> namespaces) {
        int[] window = window(act.begin(), act.end());
        if (window[1] - window[0] > MAX_SPREAD) {
            return null;
        }
        Stands stood = stands.get(act.actor());
        List<Start> starts = new ArrayList<>();
        for (Stands.Since since : act.isRequest() ? stood.everUpTo(window[1]) : stood.between(window[0], window[1])) {
            Standing standing = since.standing();
            Place place = startOf(act, standing);
            if (place == null) {
                return null;
            }
            boolean counts = namespaces == null || namespaces.contains(standing.namespace());
            if (!place.equals(Place.OUTSIDE) && counts) {
                boolean beneath = act.staysBeneath();
                Place root = act.startsAtRoot() || beneath ? place : standing.root();
                starts.add(new Start(Math.max(since.state(), window[0]) - window[0], place, root, beneath));
            }
        }
        Set<Place> places = walk(states, window[0], window[1], starts, path, follows && !act.refusesLinks());
        Set<Long> nodes = new HashSet<>();
        for (Place place : places) {
            if (place.equals(Place.OUTSIDE)) {
                return null;
            }
            nodes.add(place.node());
        }
        return nodes;
    }

    /** Returns whether a path surely started in another mount namespace than its caller's while an act ran. */
    boolean startsElsewhere(Act act) {
        int[] window = window(act.begin(), act.end());
        Stands stood = stands.get(act.actor());
        List<Stands.Since> all = act.isRequest() ? stood.everUpTo(window[1]) : stood.between(window[0], window[1]);
        return all.stream().allMatch(since -> isElsewhere(act, since.standing()));
    }

    private boolean isElsewhere(Act act, Standing standing) {
        int own = standing.namespace();
        Place callersRoot = standing.root();
        int rootNamespace = callersRoot == null ? standing.rootNamespace() : mountNamespaces.get(callersRoot.mount());
        boolean absolute = act.base() == 0;
        Place start = absolute ? null : startOf(act, standing);
        // With RESOLVE_IN_ROOT no path leads to the caller's root.
        boolean leadsToRoot = !(act.startsAtRoot() && !absolute);
        return (leadsToRoot && rootNamespace != own) || (start != null && mountNamespaces.get(start.mount()) != own);
    }

    /** Returns the start of the path: null if it is unknown, OUTSIDE if the path leads nowhere. */
    private @Nullable Place startOf(Act act, Standing standing) {
        return switch (act.base()) {
            case 0 ->
                standing.root() == null ? new Place(namespaceRoots.get(standing.rootNamespace()), root) : Place.OUTSIDE;
            case 1 -> standing.cwd().equals(Place.OUTSIDE) ? null : standing.cwd();
            default -> {
                int fd = act.line().integer("dir");
                yield fd == ROOT_FD ? new Place(0, root) : held.get(fd - DIRECTORY_FD);
            }
        };
    }

    /**
     * Returns whether an absolute path named a file at one moment of an act, without links, in the mount namespace of
     * an inode number.
     */
    boolean named(Act act, long namespaceInode, String path, long node) {
        if (!path.startsWith(base + "/")) {
            return path.equals(base) && node == root;
        }
        List<String> names = List.of(below(path).split("/", 0));
        int[] window = window(act.begin(), act.end());
        for (int at = window[0]; at <= window[1]; at++) {
            for (int namespace : namespacesOf(act, namespaceInode)) {
                Place start = new Place(namespaceRoots.get(namespace), root);
                if (leads(states.get(at), start, names, 0, node)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Returns whether names lead to a file without links. A file can lie below a mount that covers one of its
     * directories, so each mount is tried both crossed and not crossed.
     */
    private boolean leads(TreeState state, Place from, List<String> names, int index, long node) {
        if (index == names.size()) {
            return from.node() == node;
        }
        Long child = state.child(from.node(), names.get(index));
        if (child == null || links.containsKey(child)) {
            return false;
        }
        Place next = new Place(from.mount(), child);
        while (!leads(state, next, names, index + 1, node)) {
            Integer mount = state.mountAt(next);
            if (mount == null) {
                return false;
            }
            next = new Place(mount, mountRoots.get(mount));
        }
        return true;
    }

    /**
     * Returns the namespaces that an inode number can mean; the kernel reuses the numbers. A request can have run in an
     * earlier one than the actor's.
     */
    private Set<Integer> namespacesOf(Act act, long inode) {
        Set<Integer> meant = namespaceNumbers.getOrDefault(inode, Set.of());
        if (act.isRequest()) {
            return meant;
        }
        Set<Integer> stood = new HashSet<>();
        int[] window = window(act.begin(), act.end());
        for (Stands.Since since : stands.get(act.actor()).between(window[0], window[1])) {
            stood.add(since.standing().namespace());
        }
        stood.retainAll(meant);
        return stood;
    }

    /** Returns whether a file surely kept all of its names while an act ran. */
    boolean keptNames(Act act, long node) {
        int[] window = window(act.begin(), act.end());
        long names = states.get(window[0]).names(node);
        for (int at = window[0] + 1; at <= window[1]; at++) {
            if (states.get(at).names(node) != names
                    || changes.get(at - 1).text("what").equals("rename")) {
                return false;
            }
        }
        return names > 0;
    }

    // ---- walking

    /**
     * A start of a path, from a state on.
     *
     * @param root the root of the walk, where that is not the world's
     * @param beneath whether a walk that would leave the root fails
     */
    private record Start(int at, Place place, @Nullable Place root, boolean beneath) {}

    /** The rest of a path, from a place. */
    private record Step(
            Place place,
            List<String> rest,
            int links,
            @Nullable Place root,
            boolean beneath) {
        Step to(Place next, List<String> names) {
            return new Step(next, names, links, root, beneath);
        }
    }

    /** Looks each name up in a state that is not older than the state of the name before it. */
    private Set<Place> walk(
            List<TreeState> all, int first, int last, List<Start> starts, String path, boolean follows) {
        List<String> names = Arrays.stream(path.split("/", 0))
                .filter(name -> !name.isEmpty())
                .toList();
        Set<Place> reached = new HashSet<>();
        int count = last - first + 1;
        List<Set<Step>> current = sets(count);
        for (Start start : starts) {
            current.get(Math.min(start.at(), count - 1))
                    .add(new Step(start.place(), names, 0, start.root(), start.beneath()));
        }
        boolean more = true;
        while (more) {
            more = false;
            List<Set<Step>> next = sets(count);
            Set<Step> lingering = new LinkedHashSet<>();
            for (int at = 0; at < count; at++) {
                lingering.addAll(current.get(at));
                for (Step step : lingering) {
                    if (step.rest().isEmpty()) {
                        reached.add(step.place());
                    } else {
                        Step taken = step(all.get(first + at), step, follows);
                        if (taken != null) {
                            next.get(at).add(taken);
                            more = true;
                        }
                    }
                }
            }
            current = next;
        }
        return reached;
    }

    private static List<Set<Step>> sets(int count) {
        List<Set<Step>> sets = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sets.add(new LinkedHashSet<>());
        }
        return sets;
    }

    private @Nullable Step step(TreeState state, Step step, boolean follows) {
        String name = step.rest().get(0);
        List<String> rest = step.rest().subList(1, step.rest().size());
        if (name.equals(".")) {
            return step.to(step.place(), rest);
        }
        if (name.equals("..")) {
            boolean leaves = step.beneath() && step.place().equals(step.root());
            return leaves ? null : step.to(up(state, step.place(), step.root()), rest);
        }
        Long node = state.child(step.place().node(), name);
        if (node == null) {
            return null;
        }
        String target = links.get(node);
        if (target != null) {
            boolean absolute = target.startsWith("/");
            Place from = absolute ? step.root() : step.place();
            // The world's root has no file of the tree's names.
            if (!follows || step.links() == MAX_LINKS || from == null || (absolute && step.beneath())) {
                return null;
            }
            List<String> names = new ArrayList<>(Arrays.stream(target.split("/", 0))
                    .filter(each -> !each.isEmpty())
                    .toList());
            names.addAll(rest);
            return new Step(from, names, step.links() + 1, step.root(), step.beneath());
        }
        return step.to(through(state, new Place(step.place().mount(), node)), rest);
    }

    private Place through(TreeState state, Place place) {
        Place top = place;
        for (Integer mount = state.mountAt(top); mount != null; mount = state.mountAt(top)) {
            top = new Place(mount, mountRoots.get(mount));
        }
        return top;
    }

    /** Goes to the parent. At the caller's root the kernel stays where it is: follow_dotdot() of fs/namei.c. */
    private Place up(TreeState state, Place place, @Nullable Place callersRoot) {
        Place at = place;
        while (!at.equals(Place.OUTSIDE) && !at.equals(callersRoot) && at.node() == mountRoots.get(at.mount())) {
            Place point = mountPoints.get(at.mount());
            at = point == null ? Place.OUTSIDE : point;
        }
        if (at.equals(callersRoot)) {
            return through(state, place);
        }
        if (at.equals(Place.OUTSIDE)) {
            return at;
        }
        Long parent = state.parent(at.node());
        return parent == null ? Place.OUTSIDE : through(state, new Place(at.mount(), parent));
    }
}
