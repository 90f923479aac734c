import { translations } from "../../i18n/translations";

export const texts = translations({
  en: {
    failed:
      "The panel of the plugin “{name}” could not be shown. The room goes on without it; tell whoever runs this server.",
  },
  zh: {
    failed: "插件“{name}”的面板无法显示。课堂不受影响，请告知服务器管理员。",
  },
});
