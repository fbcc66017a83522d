using Spectre.Console;

namespace Raid5Verify.Cli.Reports;

/// <summary>Shows how far a campaign is until it ends: drawn again in place on a terminal, else its first line now and then.</summary>
/// <param name="terminal">Where to draw.</param>
/// <param name="read">How far it is, as <see cref="CampaignLines"/> says it.</param>
internal sealed class LiveDisplay(Terminal terminal, Func<IEnumerable<CampaignLine>> read)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(10);

    /// <summary>Returns when the campaign has ended; nothing of the drawing is left then.</summary>
    /// <param name="hasEnded">Waits up to that long for the campaign's end.</param>
    public void ShowUntil(Func<TimeSpan, bool> hasEnded)
    {
        if (terminal.IsInteractive)
        {
            Draw(hasEnded);
        }
        else
        {
            WriteLines(hasEnded);
        }
    }

    private void Draw(Func<TimeSpan, bool> hasEnded)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Out) });
        var display = console.Live(Table());
        display.AutoClear = true;
        display.Start(drawn =>
        {
            while (!hasEnded(Redraw))
            {
                drawn.UpdateTarget(Table());
            }
        });
    }

    private void WriteLines(Func<TimeSpan, bool> hasEnded)
    {
        while (!hasEnded(Line))
        {
            terminal.Out.WriteLine(read().First().Text);
        }
    }

    private Grid Table()
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var line in read())
        {
            grid.AddRow(new Text(line.Label, new Style(Color.Grey)), new Text(line.Text, new Style(line.IsOfFailures ? Color.Red : null)));
        }

        return grid;
    }
}
