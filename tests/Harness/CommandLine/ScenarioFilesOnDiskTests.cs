namespace Raid5Verify.Tests.CommandLine;

/// <summary>Scenario files as <c>run</c> finds them: below a folder, with what they include, and with all that is wrong with them.</summary>
public sealed class ScenarioFilesOnDiskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scenarios-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_scenarios_share_is_included_and_not_run()
    {
        Write("one.yaml", "name: one\ncluster: { include: shared/small.yaml }\n");
        Write("deeper/two.yaml", "name: two\ncluster: { include: ../shared/small.yaml }\n");
        Write("shared/small.yaml", "servers: 3\n");

        var session = Session.Of("run", _folder.FullName);

        Assert.Equal(0, session.ExitCode);
        Assert.EndsWith("2 passed, 0 failed\n", session.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("small.yaml", session.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_said_a_line_each()
    {
        string file = Write("wrong.yaml", "name: wrong\nsteps:\n  - raed: /f\n  - include: none.yaml\n");

        var session = Session.Of("run", file);

        Assert.Equal(2, session.ExitCode);
        Assert.Equal(
            [
                $"{file}:3:5: there is no step 'raed' (did you mean 'read'?)",
                $"{file}:4:14: there is no file '{Path.Combine(_folder.FullName, "none.yaml")}' to include",
            ],
            session.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void All_files_that_are_wrong_are_told_of_and_none_is_run()
    {
        string one = Write("one.yaml", "name: one\nsteps: [raed: /f]\n");
        Write("right.yaml", "name: right\n");
        string two = Write("two.yaml", "name: two\nsteps: [heel, create: f]\n");

        var session = Session.Of("run", _folder.FullName);

        Assert.Equal(2, session.ExitCode);
        Assert.Equal(
            [$"{one}:2:9", $"{two}:2:9", $"{two}:2:23"],
            session.Error.TrimEnd().Split('\n').Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]));
        Assert.Empty(session.Out);
    }

    [Fact]
    public void What_is_wrong_in_a_file_that_several_include_is_told_once()
    {
        Write("one.yaml", "name: one\nsteps: [include: shared/steps.yaml]\n");
        Write("two.yaml", "name: two\nsteps: [include: shared/steps.yaml]\n");
        string shared = Write("shared/steps.yaml", "- heel\n");

        Assert.Equal(
            $"{shared}:1:3: there is no step 'heel' (did you mean 'heal'?)\n", Session.Of("run", _folder.FullName).Error);
    }

    [Fact]
    public void Where_one_file_is_named_to_be_replayed_every_line_begins_alike()
    {
        string file = Write("wrong.yaml", "name: wrong\nsteps: [raed: /f, wriet: /f]\n");

        var session = Session.Of("replay", file);

        Assert.Equal(2, session.ExitCode);
        Assert.Equal(2, session.Error.TrimEnd().Split('\n').Count(line => line.StartsWith($"raid5verify: {file}:2:", StringComparison.Ordinal)));
    }

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }
}
