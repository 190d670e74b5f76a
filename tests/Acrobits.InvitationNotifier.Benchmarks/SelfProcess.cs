using System.Diagnostics;

namespace Acrobits.InvitationNotifier.Benchmarks;

/// <summary>
/// This program once more, as the other side of a measurement, so that neither its work nor its sockets are taken for the
/// library's. It ends with its standard input, and so with whoever started it, however that one ends.
/// </summary>
internal sealed class SelfProcess : IDisposable
{
    private readonly Process _process;

    private SelfProcess(Process process) => _process = process;

    /// <summary>The line that the process writes once it is ready.</summary>
    public string Answer { get; private set; } = "";

    /// <summary>The processor time that it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<SelfProcess> StartAsync(string command, params string[] arguments)
    {
        // As an assembly it is run by dotnet, else it is a program.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(typeof(SelfProcess).Assembly.Location);
        }

        foreach (var argument in (string[])[command, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var process = new SelfProcess(Process.Start(start)!);
        try
        {
            process.Answer = await process._process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60))
                ?? throw new InvalidOperationException($"The process '{command}' did not start.");
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>What the process itself does once it is ready: says so, and waits for its end.</summary>
    public static async Task ServeAsync(string answer)
    {
        // Ctrl-C reaches this process too; its end comes with that of the other one all the same.
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        Console.WriteLine(answer);
        await Console.In.ReadToEndAsync();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
