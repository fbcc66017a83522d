using FsCheck.Fluent;
using FsCheck.Xunit;
using Raid5Fs.FileSystem;
using Raid5Fs.Primitives;
using Raid5Verify.Faults;
using Raid5Verify.Generation;
using Raid5Verify.Running;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Control;
using Raid5Verify.Scenarios.Operations;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Simulation;

namespace Raid5Verify.Tests.Scenarios;

public sealed class ScenarioYamlTests
{
    [Fact]
    public void A_story_reads_as_what_it_says()
    {
        Scenario scenario = ReadOrFail(
            """
            name: bit rot on read
            cluster: { servers: 4, block: 1KiB }
            options: { strategy: pct }
            seed: 0xff
            steps:
              - write: /diary
                at: 4KiB
                length: 100B
                think: 1.5ms
              - bit-flip: /diary at 4KiB
                after: 250us
              - crash: 2
                for: 2s
                kind: power
              - scrub
              - await-in-sync: 1m
              - read: /gone
                expect: ENOENT
              - check: hit bit-flip exactly 1
            expect:
              - heals at least 1
            """);

        Assert.Equal(new ClusterShape { Servers = 4, Block = ByteSize.OfKiB(1) }, scenario.Cluster);
        Assert.Equal(255UL, scenario.Seed);
        Assert.Equal(
            [
                new Write { Path = "/diary", At = ByteSize.OfKiB(4), Length = new ByteSize(100), Think = TimeSpan.FromMicroseconds(1500) },
                new BitFlip { Block = new BlockTarget.OfFile("/diary", ByteSize.OfKiB(4)), After = TimeSpan.FromMicroseconds(250) },
                new Crash { Server = 2, For = TimeSpan.FromSeconds(2), Kind = CrashKind.Power },
                new Scrub(),
                new AwaitInSync { Within = TimeSpan.FromMinutes(1) },
                new Read { Path = "/gone", Expect = Errno.ENOENT },
                new Check { That = new Expectation.OfCounter("hit bit-flip", Comparison.Exactly, 1) },
            ],
            scenario.Steps);
        Assert.Equal([new Expectation.OfCounter("heals", Comparison.AtLeast, 1)], scenario.Expect);
    }

    [Property(MaxTest = 100)]
    public FsCheck.Property Reading_what_was_written_gives_the_same_scenario() =>
        Prop.ForAll(ScenarioArbitrary.Of(Profile.Quick), scenario =>
        {
            Scenario again = ReadOrFail(ScenarioYaml.Write(scenario));
            Assert.Equal(scenario, again);
            return true;
        });

    [Fact]
    public void Odd_names_and_texts_survive_the_round_trip()
    {
        var scenario = new Scenario
        {
            Name = "colons: and #hashes",
            About = "two\nlines, \"quoted\"",
            Steps =
            [
                new Create { Path = string.Empty },
                new Create { Path = "/a, b: {c} at ~" },
                new Rename { Path = "/null", To = "/ä 7" },
                new BitFlip { Block = new BlockTarget.OfFile("/x at 4KiB", default) },
                new Heal(),
            ],
        };
        Assert.Equal(scenario, ReadOrFail(ScenarioYaml.Write(scenario)));
    }

    [Fact]
    public void All_parts_and_all_moments_survive_the_round_trip()
    {
        var slots = new HostPoint(CrashMoment.Before, new HostTarget.OfServer(2), 23, HostAct.Write, "slots");
        var prepare = new HostPoint(CrashMoment.After, new HostTarget.OfClient(), 112, HostAct.Send, "prepare");
        var scenario = new Scenario
        {
            Name = "all",
            Setup = [new Create { Path = "/a" }],
            Steps =
            [
                new Disconnect { Server = 1, At = TimeSpan.FromMilliseconds(15) },
                new Disconnect { Server = 1, When = slots, After = TimeSpan.FromMilliseconds(2) },
                new Disconnect { Server = 1, When = prepare },
                new Disconnect { Server = 1, While = new Condition.OfServer(1, ServerState.InSync) },
                new Disconnect { Server = 1, While = new Condition.OfSomeServer(ServerState.Down) },
                new Disconnect { Server = 1, While = new Condition.OfEveryServer(ServerState.Away) },
                new Disconnect { Server = 1, While = new Condition.OfClient(ClientState.Recovering) },
                new Disconnect { Server = 1, While = new Condition.OfScrub() },
                new Await { Until = new Condition.OfCounter(new Expectation.OfCounter("load-spread", Comparison.AtMost, 1.25m)) },
                new CountFromHere(),
            ],
            Verify = [new CheckPath { Path = "/a", Size = new ByteSize(7), Mode = Permissions.OfFile, Fill = 9, Entries = 0 }],
            Expect =
            [
                new Expectation.OfCounter("requests of server 3", Comparison.AtMost, 10),
                new Expectation.OfPromise(Promise.NoAmplification),
                new Expectation.OfHash(0x0e73f4d12ad9982a),
            ],
        };
        Assert.Equal(scenario, ReadOrFail(ScenarioYaml.Write(scenario)));
    }

    [Fact]
    public void A_step_shows_itself_as_its_line_of_yaml() =>
        Assert.Equal(
            "{write: /a, at: 4KiB, length: 512B, think: 3ms}",
            new Write
            {
                Path = "/a",
                At = ByteSize.OfKiB(4),
                Length = new ByteSize(512),
                Think = TimeSpan.FromMilliseconds(3),
            }.ToString());

    [Theory]
    [InlineData("nam: x", "f.yaml:1:1: unknown key 'nam' (did you mean 'name'?)")]
    [InlineData("name: x\ncolour: red", "f.yaml:2:1: unknown key 'colour': this scenario has name, about, cluster, options, seed, setup, steps, verify, expect")]
    [InlineData("about: x", "f.yaml:1:1: this scenario needs a 'name'")]
    [InlineData("name: x\nseed: many", "f.yaml:2:7: 'seed' must be a whole number, decimal or 0x hexadecimal, not 'many'")]
    [InlineData("name: x\ncluster: { servers: five }", "f.yaml:2:21: 'servers' must be a whole number, not 'five'")]
    [InlineData("name: x\ncluster: { servers: 2 }", "f.yaml:2:21: 'servers' must be from 3 to 32, not 2")]
    [InlineData("name: x\ncluster: { block: 3KiB }", "f.yaml:2:19: a block of 3KiB is impossible: the size must be a power of two")]
    [InlineData("name: x\ncluster: { block: 64B }", "f.yaml:2:19: 'block' must be from 128B to 64KiB, not 64B")]
    [InlineData("name: x\ncluster:\n  rows: 10\n  chunk: 4", "f.yaml:3:9: 10 rows are impossible: they must be a multiple of the chunk of 4 blocks")]
    [InlineData("name: x\ncluster: { cache: 8 }", "f.yaml:2:19: a cache of 8 blocks is impossible: one operation may need 18")]
    [InlineData("name: x\ncluster: { block: 128B, rows: 4, chunk: 2 }", "f.yaml:2:31: a device of 16 blocks of 128 bytes is too small for 16 inodes: the superblock, bitmaps and inode table take 19, and nothing is left for files")]
    [InlineData("name: x\ncluster: 5", "f.yaml:2:10: cluster must be a mapping of keys to values, not '5'")]
    [InlineData("name: x\noptions: { strategy: random }", "f.yaml:2:22: there is no 'random' here; known are uniform, pct, fifo, delay-host, clog-hosts")]
    [InlineData("name: x\nsteps: none", "f.yaml:2:8: 'steps' must be a list, not 'none'")]
    [InlineData("name: x\nsteps: [wriet: /a]", "f.yaml:2:9: there is no step 'wriet' (did you mean 'write'?)")]
    [InlineData("name: x\nsteps:\n- write: /a", "f.yaml:3:3: 'write' needs a 'length'")]
    [InlineData("name: x\nsteps:\n- read:", "f.yaml:3:3: 'read' needs a value: 'read: PATH'")]
    [InlineData("name: x\nsteps:\n- read: /a\n  lenght: 1B", "f.yaml:4:3: unknown key 'lenght' (did you mean 'length'?)")]
    [InlineData("name: x\nsteps:\n- scrub: now", "f.yaml:3:10: 'scrub' stands alone: it takes no value")]
    [InlineData("name: x\nsteps:\n- wait: soon", "f.yaml:3:9: 'wait' must be a time such as 250us, 3ms or 1.5s, not 'soon'")]
    [InlineData("name: x\nsteps:\n- crash: 5\n  for: 1s", "f.yaml:3:10: there is no server 5: the cluster has servers 0 to 4")]
    [InlineData("name: x\nsteps:\n- crash: 0\n  for: 2h", "f.yaml:4:8: 'for' must be a time such as 250us, 3ms or 1.5s, not '2h'")]
    [InlineData("name: x\nsteps:\n- bit-flip: server 1 row 128", "f.yaml:3:13: there is no row 128: the cluster has rows 0 to 127")]
    [InlineData("name: x\nsteps:\n- bit-flip: somewhere", "f.yaml:3:13: 'bit-flip' must be a block such as 'server 2 row 17' or '/diary at 8KiB', not 'somewhere'")]
    [InlineData("name: x\nsteps:\n- read: /a\n  expect: ENOENTT", "f.yaml:4:11: there is no 'ENOENTT' here (did you mean 'ENOENT'?); known are OK, EPERM, ENOENT, EIO, ENXIO, E2BIG, EBADF, EACCES, EBUSY, EEXIST, ENOTDIR, EISDIR, EINVAL, EFBIG, ENOSPC, EROFS, EMLINK, ERANGE, ENAMETOOLONG, ENOSYS, ENOTEMPTY, ELOOP, ENODATA, EPROTO, EOVERFLOW, EOPNOTSUPP, ESHUTDOWN, ESTALE, EUCLEAN")]
    [InlineData("name: x\nsteps:\n- concurrent: [{readdir: /, at-a-time: 2}]", "f.yaml:3:15: what {readdir: /, at-a-time: 2} answers beside others cannot be judged")]
    [InlineData("name: x\nexpect:\n- heal at least 1", "f.yaml:3:3: there is no counter 'heal' (did you mean 'heals'?)")]
    [InlineData("name: x\nexpect:\n- heals > 1", "f.yaml:3:3: 'heals > 1' is no expectation: write 'COUNTER at least N', 'at most N' or 'exactly N'")]
    [InlineData("name: x\nexpect:\n- requests of server 5 at most 10", "f.yaml:3:3: there is no server 5: the cluster has servers 0 to 4")]
    [InlineData("name: x\nexpect:\n- breaks promise 9", "f.yaml:3:3: no run can break 'promise 9'; known are promise 1, promise 2, promise 3, promise 4, promise 5, promise 6, promise 7, promise 8, promise 10, promise 11, promise 12, expectation, budget, soundness")]
    [InlineData("name: x\nexpect:\n- hash is 3e73", "f.yaml:3:3: '3e73' is no hash: it has 16 digits, hexadecimal, such as 3e73f4d12ad9982a")]
    [InlineData("name: x\nsteps:\n- check: breaks promise 4", "f.yaml:3:10: 'breaks promise 4' is no expectation: write 'COUNTER at least N', 'at most N' or 'exactly N'")]
    [InlineData("name: x\nsetup:\n- crash: 1\n  for: 1s", "f.yaml:3:3: 'setup' is a part without faults: 'crash' belongs in 'steps'")]
    [InlineData("name: x\nverify:\n- heal\n- bit-flip: server 1 row 0", "f.yaml:4:3: 'verify' is a part without faults: 'bit-flip' belongs in 'steps'")]
    [InlineData("name: x\nsteps:\n- disconnect: 1\n  at: 1s\n  after: 1s", "f.yaml:4:7: a fault strikes at one moment: 'at' and 'after' are two")]
    [InlineData("name: x\nsteps:\n- disconnect: 1\n  while: scrub runs\n  when: before client's 1st send", "f.yaml:5:9: a fault strikes at one moment: 'when' and 'while' are two")]
    [InlineData("name: x\nsteps:\n- disconnect: 1\n  when: before server 9's 1st flush", "f.yaml:4:9: there is no server 9: the cluster has servers 0 to 4")]
    [InlineData("name: x\nsteps:\n- disconnect: 1\n  when: before client's 1st flush", "f.yaml:4:9: a client has no disk: it can send or receive")]
    [InlineData("name: x\nsteps:\n- disconnect: 1\n  when: before server 1's 1st flsh", "f.yaml:4:9: there is no 'flsh' here (did you mean 'flush'?); known are write, flush, rename, send, receive")]
    [InlineData("name: x\nsteps:\n- disconnect: 1\n  when: after server 1's 1st send of prepair", "f.yaml:4:9: there is no 'prepair' to send (did you mean 'prepare'?); known are inspect, open, read, write, prepare, commit, record, join, scan, counters")]
    [InlineData("name: x\nsteps:\n- disconnect: 1\n  when: before server 1's 2st flush", "f.yaml:4:9: 'when' must be a moment such as \"before server 2's 3rd flush\" or \"after client's 1st send of prepare\", not 'before server 1's 2st flush'")]
    [InlineData("name: x\nsteps:\n- await: server 1 is awya", "f.yaml:3:10: there is no 'awya' here (did you mean 'away'?); known are down, away, refilling, in-sync")]
    [InlineData("name: x\nsteps:\n- await: server 7 is away", "f.yaml:3:10: there is no server 7: the cluster has servers 0 to 4")]
    [InlineData("name: x\nsteps:\n- await: the moon rises", "f.yaml:3:10: 'await' must be a condition such as 'server 1 is away', 'some server is away', 'every server is in-sync', 'client is recovering', 'scrub runs' or 'heals at least 1', not 'the moon rises'")]
    [InlineData("name: x\nsteps:\n- await: heels at least 1", "f.yaml:3:10: there is no counter 'heels' (did you mean 'heals'?)")]
    [InlineData("name: x\nsteps:\n- check-path: /f\n  length: 1KiB", "f.yaml:4:11: 'length' says how much of the file is 'fill': give that as well")]
    [InlineData("name: x\nsteps: [create: [1]]", "f.yaml:2:17: 'create' must be a single value, not a list")]
    [InlineData("name: x\nsteps: [concurrent: 5]", "f.yaml:2:21: 'concurrent' must be a list, not '5'")]
    [InlineData("name: x\nsteps:\n- concurrent", "f.yaml:3:3: 'concurrent' needs a value: 'concurrent: STEPS'")]
    [InlineData("name: x\nsteps:\n- read: /a\n  colour: red", "f.yaml:4:3: unknown key 'colour': 'read' has at, length, think, task, expect")]
    [InlineData("name: x\nsteps:\n- stat: /a\n  path: /b", "f.yaml:4:3: unknown key 'path': 'stat' has think, task, expect")]
    [InlineData("name: x\nsteps:\n- crash: 40\n  for: 1s", "f.yaml:3:10: there is no server 40: the cluster has servers 0 to 4")]
    [InlineData("name: x\nsteps:\n- crash: -1\n  for: 1s", "f.yaml:3:10: there is no server -1: the cluster has servers 0 to 4")]
    [InlineData("name: x\nsteps:\n- swap: 1\n  with: 7\n  for: 1s", "f.yaml:4:9: there is no server 7: the cluster has servers 0 to 4")]
    [InlineData("name: x\nsteps:\n- swap: 1\n  with: 1\n  for: 1s", "f.yaml:4:9: server 1 cannot be swapped with itself")]
    [InlineData("name: x\nsteps:\n- for: 1s\n  crash: 1", "f.yaml:3:3: a step begins with its kind: put 'crash' first")]
    [InlineData("name: x\nshared: &a { for: 1s }\nsteps:\n- <<: *a\n  crash: 1", "f.yaml:4:3: a step begins with its kind: put 'crash' first")]
    [InlineData("name: x\nsteps:\n- create: diary", "f.yaml:3:11: a path is absolute: write '/diary', not 'diary'")]
    [InlineData("name: x\nsteps:\n- rename: /a\n  to: ./b", "f.yaml:4:7: a path is absolute: write '/./b', not './b'")]
    [InlineData("name: x\nsteps:\n- samefile: /a\n  other: b", "f.yaml:4:10: a path is absolute: write '/b', not 'b'")]
    [InlineData("name: x\nsteps:\n- check-path: a", "f.yaml:3:15: a path is absolute: write '/a', not 'a'")]
    [InlineData("name: x\nexpect:\n- heals at least 1.5", "f.yaml:3:3: 'heals' is a whole number, and never 1.5")]
    [InlineData("name: x\nexpect:\n- hit crash exactly .5", "f.yaml:3:3: 'hit crash' is a whole number, and never .5")]
    [InlineData("name: x\ncluster: { block: 4KB }", "f.yaml:2:19: '4KB' is no size (did you mean '4KiB'?)")]
    [InlineData("name: x\ncluster: { block: 10 kib }", "f.yaml:2:19: '10 kib' is no size (did you mean '10KiB'?)")]
    [InlineData("name: x\ncluster: { block: 2M }", "f.yaml:2:19: '2M' is no size (did you mean '2MiB'?)")]
    [InlineData("name: x\ncluster: { block: large }", "f.yaml:2:19: 'block' must be a size such as 512B, 4KiB or 2MiB, not 'large'")]
    [InlineData("name: x\nsteps:\n- wait: 3sec", "f.yaml:3:9: '3sec' is no time (did you mean '3s'?)")]
    [InlineData("name: x\nsteps:\n- wait: 1.5 MS", "f.yaml:3:9: '1.5 MS' is no time (did you mean '1.5ms'?)")]
    [InlineData("name: x\nsteps:\n- wait: 30", "f.yaml:3:9: a time needs its unit: '30s', or '30ms'")]
    [InlineData("", "f.yaml:1:1: there is nothing in this file")]
    [InlineData("# later\n", "f.yaml:1:1: there is nothing in this file")]
    [InlineData("name: x\nsteps: []\n---\n\nname: y", "f.yaml:3:1: a file holds one document: a second one begins here")]
    [InlineData("--- # one\nname: x\n---\n", "f.yaml:3:1: a file holds one document: a second one begins here")]
    [InlineData("name: x\nsteps:\n- *settle", "f.yaml:3:3: there is no anchor '&settle' in this file, and those of other files are not seen")]
    [InlineData("name: x\nsteps: [{ crash: 1, <<: *c, for: 1s }]", "f.yaml:2:25: there is no anchor '&c' in this file, and those of other files are not seen")]
    [InlineData("name: x\nsteps:\n\t- scrub", "f.yaml:3:1: not YAML: a tab cannot indent, spaces must")]
    [InlineData("- a\n- b", "f.yaml:1:1: a scenario must be a mapping of keys to values, not a list")]
    public void What_does_not_fit_is_one_clear_line_that_says_where(string text, string expected)
    {
        ScenarioReading reading = ScenarioYaml.Read(text, "f.yaml");
        Assert.Null(reading.Scenario);
        Assert.Equal(expected, reading.Problem!.ToString());
    }

    /// <summary>What was wrong before it was mended, and what comes after it.</summary>
    [Fact]
    public void All_that_is_wrong_with_a_file_is_said_at_once()
    {
        ScenarioReading reading = ScenarioYaml.Read(
            """
            colour: red
            steps:
              - wriet: /a
              - crash: 1
              - { crash: 7, for: 1s }
            cluster: { servers: 4, blok: 1KiB }
            expect: [heal at least 1]
            """,
            "f.yaml");
        Assert.Null(reading.Scenario);
        Assert.Equal(
            [
                "f.yaml:1:1: this scenario needs a 'name'",
                "f.yaml:1:1: unknown key 'colour': this scenario has name, about, cluster, options, seed, setup, steps, verify, expect",
                "f.yaml:3:5: there is no step 'wriet' (did you mean 'write'?)",
                "f.yaml:4:5: 'crash' needs a 'for'",
                "f.yaml:6:24: unknown key 'blok' (did you mean 'block'?)",
                "f.yaml:7:10: there is no counter 'heal' (did you mean 'heals'?)",
            ],
            reading.Problems.Select(problem => problem.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("name: x\nname: y", "f.yaml:2:1: not YAML: ")]
    [InlineData("name: [x,\ny", "f.yaml:2:1: not YAML: the text ends in the middle of a value")]
    [InlineData("a: b: c", "f.yaml:1:5: not YAML: ")]
    public void What_is_no_yaml_is_one_line_too(string text, string beginning)
    {
        ScenarioProblem problem = ScenarioYaml.Read(text, "f.yaml").Problem!;
        Assert.StartsWith(beginning, problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.ToString());
    }

    [Property(MaxTest = 200)]
    public void A_text_cut_short_or_spoiled_anywhere_never_throws(ushort at, char spoiled)
    {
        string text = ScenarioYaml.Write(ScenarioGenerator.ForSeed(at, Profile.Quick));
        int cut = at % text.Length;

        ScenarioReading reading = ScenarioYaml.Read($"{text[..cut]}{spoiled}{text[(cut + 1)..]}", "f.yaml");
        Assert.True(reading.Scenario is not null ^ reading.Problem is not null);
        reading = ScenarioYaml.Read(text[..cut], "f.yaml");
        Assert.True(reading.Scenario is not null ^ reading.Problem is not null);
    }

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1, "1B")]
    [InlineData(4096, "4KiB")]
    [InlineData(5000, "5000B")]
    [InlineData(3L << 30, "3GiB")]
    public void A_size_is_written_in_its_largest_whole_unit(long bytes, string text)
    {
        Assert.Equal(text, new ByteSize(bytes).ToString());
        Assert.True(ByteSize.TryParse(text, out ByteSize again));
        Assert.Equal(bytes, again.Bytes);
    }

    private static Scenario ReadOrFail(string text)
    {
        ScenarioReading reading = ScenarioYaml.Read(text, "story.yaml");
        Assert.True(reading.Problem is null, $"{reading.Problem}\n{text}");
        return reading.Scenario!;
    }
}
