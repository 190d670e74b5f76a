using System.Runtime.InteropServices;
using System.Text.Json;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>All that one run has measured, as it is written to a file.</summary>
internal sealed record LoadResults(string Server, int Rounds, IReadOnlyList<WorkloadResult> Workloads)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string Processor { get; } = $"{Environment.ProcessorCount} x {Report.Processor}";

    public string System { get; } = RuntimeInformation.OSDescription;

    public string Runtime { get; } = RuntimeInformation.FrameworkDescription;

    /// <summary>The workload of a busy server, which the targets and the chart are about.</summary>
    public WorkloadResult Busy(bool isPost) => Workloads.Single(
        result => result.IsPost == isPost && result is { ReusesConnections: true, Concurrency: LoadScenario.ManyAtATime });

    public void WriteJson(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Indented) + '\n');
}
