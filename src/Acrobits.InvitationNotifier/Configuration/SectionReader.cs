using Acrobits.InvitationNotifier.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>Configures the options from a configuration section.</summary>
internal sealed class SectionReader(IConfiguration section) : IConfigureOptions<InvitationNotifierOptions>
{
    public IConfiguration Section => section;

    public void Configure(InvitationNotifierOptions options)
    {
        var content = SectionContent.Read(section);
        var problems = new ProblemScope();
        NotifierKeys.All.Read(content.Values!, options, content.Path.Length == 0 ? problems : problems.At(content.Path));
        content.Problems = problems.Problems;
        OptionsMetadata.Of(options).Sections.Add(content);
    }
}
