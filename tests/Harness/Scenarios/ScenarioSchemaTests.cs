using NJsonSchema;
using Raid5Verify.Generation;
using Raid5Verify.Scenarios;
using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Tests.Repository;

namespace Raid5Verify.Tests.Scenarios;

/// <summary>The schema by which editors check scenarios: that of the records, and judged by a validator that is not ours.</summary>
public sealed class ScenarioSchemaTests : IAsyncLifetime
{
    private const string File = "specs/scenario.schema.json";

    private JsonSchema _schema = null!;

    public async Task InitializeAsync() => _schema = await JsonSchema.FromJsonAsync(SourceTree.Read(File));

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void The_schema_is_that_of_the_records() => Assert.True(
        SourceTree.Read(File) == ScenarioSchema.Write(), $"{File} is not what 'raid5verify schema' prints");

    [Fact]
    public void Every_step_and_every_key_is_described()
    {
        var descriptions = new Descriptions();
        foreach (StepKind kind in StepCatalogue.All)
        {
            Assert.False(string.IsNullOrEmpty(descriptions.Of(kind.Type)), $"{kind} has no docstring");
            Assert.All(
                RecordFields.Of(kind.Type).All,
                field => Assert.False(string.IsNullOrEmpty(descriptions.Of(field.Property)), $"'{field.Key}' of '{kind}' has no docstring"));
        }
    }

    [Theory]
    [MemberData(nameof(ScenarioFilesTests.Files), MemberType = typeof(ScenarioFilesTests))]
    public void Every_scenario_that_was_written_fits(string file) => AssertFits(SourceTree.Read(file));

    [Fact]
    public void Every_scenario_that_is_drawn_fits() => Assert.All(
        Profile.All.SelectMany(profile => Enumerable.Range(1, 6).Select(seed => ScenarioGenerator.ForSeed((ulong)seed, profile))),
        scenario => AssertFits(ScenarioYaml.Write(scenario)));

    [Theory]
    [InlineData("name: x\nsteps: [{ await: server 1 is in-sync, within: 3s }, await-in-sync, remount, scrub: ]")]
    [InlineData("name: x\nsteps: [{ crash: 1, for: 1s, when: after server 2's 3rd write of log, after: 2ms }]")]
    [InlineData("name: x\nsteps: [{ crash: 1, for: 1s, while: refilled-rows at least 10 }, { check-path: /, type: directory }]")]
    [InlineData("name: x\nseed: 0xff\nexpect: [load-spread at most 1.1, breaks promise 4, hash is 3e73f4d12ad9982a]")]
    [InlineData("include: y.yaml\ncluster: { include: z.yaml, rows: 64 }\nsteps: [include: s.yaml, [scrub, heal]]")]
    [InlineData("name: x\nshared: [&a { for: 1s }]\nsteps: [{ crash: 1, <<: *a }]")]
    [InlineData("name: x\nsteps: [{ chmod: /f, mode: 0644 }, { utimens: /f, access: now, modify: 17.5 }, { open: /f, as: $f, flags: read + write }]")]
    public void What_may_be_written_fits(string text) => AssertFits(text);

    /// <summary>What the schema refuses, the reader refuses too: an editor never finds fault with what would run.</summary>
    [Theory]
    [InlineData("steps: []")]
    [InlineData("name: x\ncolour: red")]
    [InlineData("name: x\ncluster: { servers: 2 }")]
    [InlineData("name: x\ncluster: { servers: five }")]
    [InlineData("name: x\ncluster: { block: 4kb }")]
    [InlineData("name: x\ncluster: 5")]
    [InlineData("name: x\noptions: { strategy: random }")]
    [InlineData("name: x\nseed: -1")]
    [InlineData("name: x\nsteps: none")]
    [InlineData("name: x\nsteps: [wriet: /a]")]
    [InlineData("name: x\nsteps: [read]")]
    [InlineData("name: x\nsteps: [{ write: /a }]")]
    [InlineData("name: x\nsteps: [{ read: /a, lenght: 1B }]")]
    [InlineData("name: x\nsteps: [{ read: /a, expect: ENOENTT }]")]
    [InlineData("name: x\nsteps: [scrub: now]")]
    [InlineData("name: x\nsteps: [wait: soon]")]
    [InlineData("name: x\nsteps: [wait: 5]")]
    [InlineData("name: x\nsteps: [{ crash: 1, for: 2h }]")]
    [InlineData("name: x\nsteps: [{ crash: one, for: 2s }]")]
    [InlineData("name: x\nexpect: [heals at least 1.5]")]
    [InlineData("name: x\nsteps: [{ crash: 1, for: 2s, when: before server 2's flush }]")]
    [InlineData("name: x\nsteps: [{ crash: 1, for: 2s, when: before server 2's 1st send of slots }]")]
    [InlineData("name: x\nsteps: [{ crash: 1, for: 2s, while: server 1 is gone }]")]
    [InlineData("name: x\nsteps: [bit-flip: somewhere]")]
    [InlineData("name: x\nsetup: [{ crash: 1, for: 2s }]")]
    [InlineData("name: x\nverify: [bit-flip: server 1 row 0]")]
    [InlineData("name: x\nsteps: [{ access: /f, for: read+fly }]")]
    [InlineData("name: x\nsteps: [check: heals > 1]")]
    [InlineData("name: x\nsteps: [check: breaks promise 4]")]
    [InlineData("name: x\nexpect: [heal at least 1]")]
    [InlineData("name: x\nexpect: [breaks promise 9]")]
    [InlineData("name: x\nexpect: [hash is 12]")]
    public void What_is_refused_does_not_fit(string text)
    {
        Assert.NotEmpty(_schema.Validate(YamlAsJson.Convert(text)));
        Assert.Null(ScenarioYaml.Read(text, "f.yaml").Scenario);
    }

    private void AssertFits(string text)
    {
        var errors = _schema.Validate(YamlAsJson.Convert(text));
        Assert.True(errors.Count == 0, $"{string.Join('\n', errors)}\n{text}");
    }
}
